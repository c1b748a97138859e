// The genesis of the differential run: the recorded Go chain's, with a validator and people whose keys we
// hold, and with periods short enough for everything to come to its end within a run.
import { create, fromBinary, type JsonValue, type Registry, toBinary } from '@bufbuild/protobuf'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import { toBase64 } from '../../../chain/base64.ts'
import { fromJson, toJson } from '../../../chain/runtime/json.ts'
import { TxRawSchema, TxSchema } from '../../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import { vectorText } from '../../vectors.ts'
import { type Person, signTx } from './people.ts'

export const CHAIN_ID = 'differential-1'
export type Json = { [key: string]: JsonValue }

/** A message of its JSON in the SDK's shape, `@type` included. */
export const packer = (registry: Registry) => (json: Json) => {
  const { '@type': typeUrl, ...fields } = json
  const schema = registry.getMessage(String(typeUrl).slice(1))
  if (schema === undefined) throw new Error(`there is no message type ${String(typeUrl)}`)
  const value = toBinary(schema, fromJson(schema, fields as never, registry))
  return create(AnySchema, { typeUrl: String(typeUrl), value })
}

const SELF_BOND = '500000000000'

/** The transaction with which the operator becomes the only validator. */
const genesisTx = (operator: Person, registry: Registry) => {
  const message = packer(registry)({
    '@type': '/cosmos.staking.v1beta1.MsgCreateValidator',
    description: { moniker: 'operator', identity: '', website: '', security_contact: '', details: '' },
    commission: {
      ...{ rate: '0.100000000000000000', max_rate: '0.200000000000000000' },
      max_change_rate: '0.010000000000000000',
    },
    min_self_delegation: '1',
    validator_address: operator.validator,
    pubkey: { '@type': '/cosmos.crypto.ed25519.PubKey', key: toBase64(operator.consensus.publicKey) },
    value: { denom: 'stake', amount: SELF_BOND },
  })
  const bytes = signTx({
    ...{ messages: [message], signers: [operator], chainId: CHAIN_ID, gas: 200_000n, fee: [] },
    numbers: [0n],
  })
  const { bodyBytes, authInfoBytes, signatures } = fromBinary(TxRawSchema, bytes)
  const merged = fromBinary(
    TxSchema,
    new Uint8Array([...field(1, bodyBytes), ...field(2, authInfoBytes), ...field(3, signatures[0]!)]),
  )
  return toJson(TxSchema, merged, registry)
}

/** One length-delimited field: Tx is TxRaw with its parts read. */
const field = (number: number, bytes: Uint8Array) => {
  const length = []
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest)
    if (rest <= 127) break
  }
  return [number * 8 + 2, ...length, ...bytes]
}

const GOV = {
  ...{ max_deposit_period: '8s', voting_period: '5s', expedited_voting_period: '3s' },
  ...{
    min_deposit: [{ denom: 'stake', amount: '100000' }],
    min_initial_deposit_ratio: '0.100000000000000000',
  },
  expedited_min_deposit: [{ denom: 'stake', amount: '500000' }],
}
const SLASHING = { signed_blocks_window: '10', downtime_jail_duration: '2s' }

/** The text of the genesis file. The first of `people` is the operator; all of them have coins. */
export const differentialGenesis = (people: readonly Person[], registry: Registry): string => {
  const doc = JSON.parse(vectorText('wasmd/genesis.json.gz'))
  const state = doc.app_state
  const [operator] = people
  doc.chain_id = CHAIN_ID
  doc.genesis_time = new Date().toISOString()
  state.auth.accounts = people.map(({ account }, i) => ({
    '@type': '/cosmos.auth.v1beta1.BaseAccount',
    ...{ address: account, pub_key: null, account_number: `${i}`, sequence: '0' },
  }))
  const stake = (i: number) => (i === 0 ? 1_000_000_000_000n : 1_000_000_000n)
  state.bank.balances = people
    .map(({ account }, i) => ({
      address: account,
      coins: [
        { denom: 'stake', amount: `${stake(i)}` },
        { denom: 'uatom', amount: '5000000' },
      ],
    }))
    .sort((a, b) => (a.address < b.address ? -1 : 1))
  const total = people.reduce((sum, _, i) => sum + stake(i), 0n)
  state.bank.supply = [
    { denom: 'stake', amount: `${total}` },
    { denom: 'uatom', amount: `${people.length * 5_000_000}` },
  ]
  state.staking.params.unbonding_time = '12s'
  state.staking.params.historical_entries = 20
  Object.assign(state.slashing.params, SLASHING)
  Object.assign(state.gov.params, GOV)
  state.genutil.gen_txs = [genesisTx(operator!, registry)]
  state.circuit.account_permissions = [
    { address: operator!.account, permissions: { level: 'LEVEL_SUPER_ADMIN', limit_type_urls: [] } },
  ]
  state.epochs.epochs.push({ ...state.epochs.epochs[0], identifier: 'tick', duration: '2s' })
  return JSON.stringify(doc)
}
