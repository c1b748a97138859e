// Transactions of a genesis: the recorded chain's first validator created itself by one.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { type Bytes, utf8 } from '../../../chain/bytes.ts'
import { genesisTx, genutil } from '../../../modules/genutil/module.ts'
import { PubKeySchema } from '../../../proto/gen/cosmos/crypto/secp256k1/keys_pb.ts'
import { GenesisStateSchema } from '../../../proto/gen/cosmos/genutil/v1beta1/genesis_pb.ts'
import { AuthInfoSchema, SignDocSchema, TxRawSchema } from '../../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import { vectorJson } from '../../vectors.ts'
import { openStage, POWER } from '../staking/stage.ts'

type Genesis = { chain_id: string; app_state: { genutil: { gen_txs: { body: { messages: object[] } }[] } } }
const recorded = vectorJson<Genesis>('wasmd/genesis.json.gz')
const [gentx] = recorded.app_state.genutil.gen_txs
const genesisOf = (...txs: unknown[]) =>
  create(GenesisStateSchema, { genTxs: txs.map((tx) => utf8(JSON.stringify(tx))) })

const withTxs = (deliverTx: (tx: Bytes) => void) => {
  const stage = openStage()
  const { genesis } = genutil({ staking: stage.keeper, deliverTx })
  return { stage, genesis: genesis! }
}

describe('a genesis transaction', () => {
  test('is delivered in the bytes that its signer signed', () => {
    const { bodyBytes, authInfoBytes, signatures } = fromBinary(
      TxRawSchema,
      genesisTx(utf8(JSON.stringify(gentx))),
    )
    const { signerInfos } = fromBinary(AuthInfoSchema, authInfoBytes)
    const { key } = fromBinary(PubKeySchema, signerInfos[0]!.publicKey!.value)
    const signed = toBinary(
      SignDocSchema,
      create(SignDocSchema, { bodyBytes, authInfoBytes, chainId: recorded.chain_id, accountNumber: 0n }),
    )
    expect(secp256k1.verify(signatures[0]!, signed, key)).toBe(true)
  })

  test('is followed by a choice of the set', () => {
    const delivered: Bytes[] = []
    const { stage, genesis } = withTxs((tx) => {
      delivered.push(tx)
      stage.found(1, 5n * POWER)
    })
    const updates = genesis.init(stage.ctx, genesisOf(gentx))
    expect(delivered).toEqual([genesisTx(utf8(JSON.stringify(gentx)))])
    expect(updates).toMatchObject([{ power: 5n }])
  })

  test('stops the start of the chain if it fails', () => {
    const { stage, genesis } = withTxs(() => {
      throw new Error('no funds')
    })
    expect(() => genesis.init(stage.ctx, genesisOf(gentx))).toThrow('no funds')
  })

  test('creates one validator and nothing else', () => {
    const { genesis } = withTxs(() => undefined)
    const messages = (...list: object[]) => genesisOf({ ...gentx, body: { ...gentx!.body, messages: list } })
    const [message] = gentx!.body.messages
    expect(() => genesis.validate!(genesisOf(gentx))).not.toThrow()
    expect(() => genesis.validate!(messages(message!, message!))).toThrow(/got: 2, expected: 1/)
    expect(() => genesis.validate!(messages())).toThrow(/got: 0, expected: 1/)
    const send = { '@type': '/cosmos.staking.v1beta1.MsgUndelegate' }
    expect(() => genesis.validate!(messages(send))).toThrow(
      /expected: MsgCreateValidator, got: .*MsgUndelegate/,
    )
    expect(() => genesis.validate!(genesisOf({ nothing: 1 }))).toThrow(/failed to decode gentx/)
  })

  test('is not exported: what it did is in the states of others', () => {
    const { stage, genesis } = withTxs(() => undefined)
    expect(genesis.export(stage.ctx)).toEqual({ genTxs: [] })
    expect(genesis.init(stage.ctx, genesisOf())).toEqual([])
  })
})
