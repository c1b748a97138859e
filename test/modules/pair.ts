// The smallest chain on which something can happen: ann and bob with a million stake each.
import { utf8 } from '../../chain/bytes.ts'
import { defaultConsensusParams } from '../../chain/consensus/params.ts'
import { MsgSendSchema } from '../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import {
  buildChain,
  type Chain,
  type ChainOptions,
  driver,
  GENESIS_NS,
  pack,
  person,
  startChain,
} from './chain.ts'

export const [ann, bob] = [person('ann'), person('bob')]

const authParams = {
  max_memo_characters: '256',
  tx_sig_limit: '7',
  tx_size_cost_per_byte: '10',
  sig_verify_cost_ed25519: '590',
  sig_verify_cost_secp256k1: '1000',
}
const baseAccount = (address: string, number: number) => ({
  '@type': '/cosmos.auth.v1beta1.BaseAccount',
  address,
  pub_key: null,
  account_number: `${number}`,
  sequence: '0',
})

/** The genesis of a chain whose people have a million stake each. */
export const genesisOf = (...people: readonly { text: string }[]) => ({
  auth: { params: authParams, accounts: people.map((who, i) => baseAccount(who.text, i)) },
  bank: {
    params: { default_send_enabled: true },
    balances: people.map((who) => ({
      address: who.text,
      coins: [{ denom: 'stake', amount: '1000000' }],
    })),
  },
})

export const startPair = (options?: ChainOptions): Chain => startChain(genesisOf(ann, bob), options)

/** The pair's chain with a limit on the gas of a block. */
export const startLimited = (maxGas: bigint): Chain => {
  const parts = buildChain()
  const params = defaultConsensusParams()
  parts.app.initChain({
    ...{ chainId: 'test-1', timeNs: GENESIS_NS, validators: [], initialHeight: 1n },
    consensusParams: { ...params, block: { ...params.block!, maxGas } },
    appStateBytes: utf8(JSON.stringify(genesisOf(ann, bob))),
  })
  const chain = { ...parts, ...driver(parts.app), chainId: 'test-1' }
  chain.block()
  return chain
}

/** Ann sends, to bob unless told otherwise. */
export const send = (amount: string, denom = 'stake', to = bob.text) =>
  pack(MsgSendSchema, { fromAddress: ann.text, toAddress: to, amount: [{ denom, amount }] })

export const balance = (chain: Chain, who = bob) => chain.bank.balance(chain.app.view(), who.address, 'stake')

export const withFee = (stake: string, gasLimit = 200_000n) => ({
  fee: { gasLimit, amount: [{ denom: 'stake', amount: stake }] },
})
