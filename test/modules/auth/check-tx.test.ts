// Recorded answers of a Go chain (wasmd 0.61, SDK 0.53) to bad transactions: ours are the same, to the unit
// of gas.
import { describe, expect, test } from '@jest/globals'
import { fromBase64 } from '../../../chain/base64.ts'
import type { AnteStep } from '../../../chain/module.ts'
import { vectorJson, vectorText } from '../../vectors.ts'
import { startChain } from '../chain.ts'

type Recorded = {
  name: string
  tx: string
  result: { code: number; codespace: string; log: string; gas_wanted: string; gas_used: string }
}
const recorded = vectorJson<Recorded[]>('runtime/check-tx.json')

/**
 * What wasmd's own decorators pay: its transaction counter is read and written, the circuit breaker asked.
 */
const wasmSteps: AnteStep = (ctx, tx) => {
  ctx.gas.consume(1000, 'ReadFlat')
  ctx.gas.consume(39, 'ReadPerByte')
  ctx.gas.consume(2390, 'WritePerByte')
  ctx.gas.consume(1000 * tx.msgs.length, 'Has')
}

type State = {
  auth: { accounts: { address: string }[] }
  bank: { balances: { address: string; coins: { denom: string; amount: string }[] }[]; supply: unknown }
}
const secp256k1Key = (key: string) => ({ '@type': '/cosmos.crypto.secp256k1.PubKey', key })
const ALICE = 'wasm19rl4cm2hmr8afy4kldpxz3fka4jguq0akuugk7'
const BOB = 'wasm15yk64u7zc9g9k2yr2wmzeva5qgwxps6yvw76s4'

/** The recorded chain's genesis, with alice and bob as they stood when the transactions were sent. */
const stateAt = (sequence: number): State => {
  const state = (JSON.parse(vectorText('wasmd/genesis.json.gz')) as { app_state: State }).app_state
  const change = (address: string, fields: object) =>
    Object.assign(state.auth.accounts.find((account) => account.address === address)!, fields)
  const aliceKey = secp256k1Key('Ak9OKtmcNNYLm6YoPJQxqEGK+GcyEpYfl6d7Y3f80Fti')
  change(ALICE, { sequence: `${sequence}`, pub_key: aliceKey })
  change(BOB, { sequence: '2', pub_key: secp256k1Key('AiOqZ51tU0TiAeDfnwKrFahHJu7g37TpU8Rqniy1I0nc') })
  const holds = (address: string, amount: string) => {
    state.bank.balances.find((balance) => balance.address === address)!.coins[0]!.amount = amount
  }
  holds(ALICE, '995842560')
  holds(BOB, '1004834')
  state.bank.supply = []
  return state
}

const chainAt = (sequence: number) => {
  const chain = startChain(stateAt(sequence), {
    prefix: 'wasm',
    chainId: 'corpus-1',
    accounts: { fee_collector: [], gov: ['burner'] },
    auth: { unorderedTxs: false },
    first: [wasmSteps],
    minGasPrices: '0.001stake',
    skipUnknownModules: true,
  })
  for (let i = 0; i < 3; i++) chain.block()
  return chain
}

/** Later files were recorded six transactions on. */
const later = new Set([
  '_ok_again',
  'bad_to_address',
  'send_to_module_blocked',
  'unknown_field_noncritical_in_msg',
  'wrong_prefix_to',
  'wrong_signer',
])
/** These came when the check state had taken in a good transaction already. */
const second = new Set(['_ok_again', 'wrong_signer'])
const good = fromBase64(recorded.find(({ name }) => name === '_ok_again')!.tx)!

describe('recorded CheckTx answers', () => {
  test.each(recorded.map((r) => [r.name, r] as const))('%s', (name, { tx, result }) => {
    const { app } = chainAt(later.has(name) ? 43 : 37)
    if (second.has(name)) expect(app.checkTx({ tx: good, type: 'new' }).code).toBe(0)
    const answer = app.checkTx({ tx: fromBase64(tx)!, type: 'new' })
    expect({
      code: answer.code,
      codespace: answer.codespace,
      log: answer.log.replace('block height: 4', 'block height: 279'),
      gas_wanted: `${answer.gasWanted}`,
      gas_used: `${answer.gasUsed}`,
    }).toEqual(result)
  })
})
