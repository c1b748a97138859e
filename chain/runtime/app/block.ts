// One block (baseapp's FinalizeBlock): hooks before, transactions one by one, hooks after, and the hash of
// what they made.
import type {
  Event,
  ExecTxResult,
  FinalizeBlockRequest,
  FinalizeBlockResponse,
  ValidatorUpdate,
} from '../../abci/application.ts'
import type { Bytes } from '../../bytes.ts'
import type { Ctx } from '../context.ts'
import type { Module } from '../definition.ts'
import { sdk, TxError } from '../errors.ts'
import { GasMeter } from '../gas.ts'
import type { TxDecoder } from '../tx.ts'
import { execResult } from './outcome.ts'
import type { TxRunner } from './run.ts'
import type { ChainState, State } from './state.ts'

export type BlockHooks = {
  preBlock: readonly Module[]
  beginBlock: readonly Module[]
  endBlock: readonly Module[]
}

export const finalizeBlock = (
  chain: ChainState,
  hooks: BlockHooks,
  decode: TxDecoder,
  run: TxRunner,
  request: FinalizeBlockRequest,
): FinalizeBlockResponse => {
  expectHeight(chain, request.height)
  const state = chain.beginBlock(request)
  readParams(chain, state)
  const pre = runHook(chain, state, hooks.preBlock, (module, ctx) => module.preBlock?.(ctx))
  if (pre.results.includes(true)) readParams(chain, state)
  const begin = runHook(chain, state, hooks.beginBlock, (module, ctx) => module.beginBlock?.(ctx))
  state.blockGas = blockGas(state)
  const txResults = request.txs.map((raw) => deliver(state, decode, run, raw))
  const end = runHook(chain, state, hooks.endBlock, (module, ctx) => module.endBlock?.(ctx))
  return {
    events: [...pre.events, ...marked(begin.events, 'BeginBlock'), ...marked(end.events, 'EndBlock')],
    txResults,
    validatorUpdates: onlyUpdates(end.results),
    consensusParamUpdates: chain.params.get(chain.context(state, 'finalize')),
    appHash: chain.flush(),
  }
}

const expectHeight = (chain: ChainState, height: bigint) => {
  const expected = chain.height === 0n ? chain.initialHeight : chain.height + 1n
  if (height !== expected) throw new Error(`invalid height: ${height}; expected: ${expected}`)
}

const readParams = (chain: ChainState, state: State) => {
  const consensusParams = chain.params.get(chain.context(state, 'finalize'))
  state.block = { ...state.block, consensusParams }
  state.blockGas = blockGas(state)
}

/** No limit unless the parameters set one. */
const blockGas = ({ block }: State): GasMeter => {
  const maxGas = block.consensusParams?.block?.maxGas ?? 0n
  if (maxGas < -1n) throw new Error(`invalid maximum block gas: ${maxGas}`)
  return new GasMeter(maxGas > 0n ? Number(maxGas) : undefined)
}

const runHook = <T>(
  chain: ChainState,
  state: State,
  modules: readonly Module[],
  hook: (module: Module, ctx: Ctx) => T,
): { events: Event[]; results: T[] } => {
  const ctx = chain.context(state, 'finalize')
  const results = modules.map((module) => hook(module, ctx))
  return { events: ctx.events, results }
}

const marked = (events: Event[], mode: string): Event[] => {
  for (const { attributes } of events) attributes.push({ key: 'mode', value: mode, index: true })
  return events
}

/** What the modules' hooks returned: only one of them may rule the validator set. */
export const onlyUpdates = (results: readonly unknown[]): ValidatorUpdate[] => {
  const given = results.filter((result) => Array.isArray(result) && result.length > 0)
  if (given.length > 1) throw new Error('two modules changed the validator set in one block')
  return (given[0] as ValidatorUpdate[] | undefined) ?? []
}

/** A malformed transaction gets an answer too; a bug of ours in reading it is not worth a halt. */
const deliver = (state: State, decode: TxDecoder, run: TxRunner, raw: Bytes): ExecTxResult => {
  try {
    decode(raw)
  } catch (error) {
    if (!(error instanceof TxError)) return execResult(run('finalize', state, raw))
    const nothing = { gasWanted: 0n, gasUsed: 0, events: [], responses: [], data: raw.subarray(0, 0) }
    return execResult({ ...nothing, error: sdk.txDecode() })
  }
  return execResult(run('finalize', state, raw))
}
