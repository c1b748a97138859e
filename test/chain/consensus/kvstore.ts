// A small application for tests of the engine: txs are words. It keeps its state on the disk like a real one,
// can change validators and parameters, and remembers what the engine asked.
import { create } from '@bufbuild/protobuf'
import type {
  Application,
  ExecTxResult,
  FinalizeBlockRequest,
  InitChainRequest,
  ValidatorUpdate,
} from '../../../chain/abci/application.ts'
import { type Bytes, fromHex, fromUtf8, utf8 } from '../../../chain/bytes.ts'
import { sha256 } from '../../../chain/hash.ts'
import type { Disk } from '../../../chain/store/kv.ts'
import { type ConsensusParams, ConsensusParamsSchema } from '../../../proto/gen/tendermint/types/params_pb.ts'

type State = { height: number; values: Record<string, string> }
const KEY = utf8('kvstore/state')

const hashOf = ({ values }: State): Bytes => sha256(utf8(JSON.stringify(Object.entries(values).sort())))

const resultOf = (part: Partial<ExecTxResult>): ExecTxResult => ({
  ...{ code: 0, data: new Uint8Array(0), log: '', info: '', codespace: '' },
  ...{ gasWanted: 1n, gasUsed: 1n, events: [] },
  ...part,
})

export type KvStore = Application & {
  finalized: FinalizeBlockRequest[]
  initialized: InitChainRequest[]
  checked: { tx: string; type: string }[]
  /** Tx words that CheckTx refuses from now on. */
  refused: Set<string>
  retainHeight: bigint
  values(): Record<string, string>
  /** Takes the state back, as the owner of a real application does by its stores. */
  reset(): void
}

/**
 * `set k v`, `val <hex key> <power>`, `gas <max gas>`, `bytes <max bytes>`, `want <gas> <anything>`, `fail`
 * (code 1), `panic` (throws in FinalizeBlock), `bad ...` (refused by CheckTx).
 */
export const kvStore = (disk: Disk): KvStore => {
  const saved = disk.get(KEY)
  const history: State[] = saved ? JSON.parse(fromUtf8(saved)) : [{ height: 0, values: {} }]
  const latest = () => history.at(-1)!
  let next: State = latest()
  const app: KvStore = {
    ...{ finalized: [], initialized: [], checked: [], refused: new Set(), retainHeight: 0n },
    values: () => latest().values,
    reset: () => {
      history.pop()
      disk.write([{ key: KEY, value: utf8(JSON.stringify(history)) }])
    },
    info: () => ({
      ...{ data: 'kv', version: '1', appVersion: 7n },
      lastBlockHeight: BigInt(latest().height),
      lastBlockAppHash: hashOf(latest()),
    }),
    initChain(request) {
      app.initialized.push(request)
      return { consensusParams: undefined, validators: [], appHash: hashOf(latest()) }
    },
    checkTx({ tx, type }) {
      const text = fromUtf8(tx)
      app.checked.push({ tx: text, type })
      const bad = text.startsWith('bad') || app.refused.has(text)
      const gasWanted = text.startsWith('want ') ? BigInt(text.split(' ')[1]!) : 1n
      return resultOf({ code: bad ? 5 : 0, gasWanted, log: bad ? 'refused' : '' })
    },
    prepareProposal: ({ txs }) => ({ txs }),
    processProposal: ({ txs }) => ({ accept: !txs.some((tx) => fromUtf8(tx) === 'reject') }),
    finalizeBlock(request) {
      const values = { ...latest().values }
      const validatorUpdates: ValidatorUpdate[] = []
      let consensusParamUpdates: ConsensusParams | undefined
      const txResults = request.txs.map((tx) => {
        const [word, a = '', b = ''] = fromUtf8(tx).split(' ')
        if (word === 'panic') throw new Error('the application is broken')
        if (word === 'fail') return resultOf({ code: 1, codespace: 'kv', log: 'failed' })
        if (word === 'set') values[a] = b
        if (word === 'val')
          validatorUpdates.push({ pubKey: { type: 'ed25519', bytes: fromHex(a) }, power: BigInt(b) })
        if (word === 'gas')
          consensusParamUpdates = create(ConsensusParamsSchema, {
            block: { maxBytes: 22020096n, maxGas: BigInt(a) },
            version: { app: 9n },
          })
        if (word === 'bytes')
          consensusParamUpdates = create(ConsensusParamsSchema, {
            block: { maxBytes: BigInt(a), maxGas: -1n },
          })
        const attributes = [{ key: 'word', value: word!, index: true }]
        return resultOf({ data: utf8(a), events: [{ type: 'kv', attributes }] })
      })
      next = { height: Number(request.height), values }
      app.finalized.push(request)
      const events = [{ type: 'block', attributes: [{ key: 'mode', value: 'BeginBlock', index: false }] }]
      return { events, txResults, validatorUpdates, consensusParamUpdates, appHash: hashOf(next) }
    },
    commit() {
      history.push(next)
      disk.write([{ key: KEY, value: utf8(JSON.stringify(history)) }])
      return { retainHeight: app.retainHeight }
    },
    query: () => {
      throw new Error('not asked here')
    },
  }
  return app
}
