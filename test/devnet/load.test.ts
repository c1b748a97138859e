// A Go chain's genesis and 20,000 transactions that were signed for it run here unchanged.
import { afterAll, expect, test } from '@jest/globals'
import { MsgSend } from 'cosmjs-types/cosmos/bank/v1beta1/tx'
import { AuthInfo, TxBody, TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx'
import { type Devnet, startDevnet } from '../../devnet/devnet.ts'
import { recordedLoad } from '../vectors.ts'

type Genesis = {
  app_state: { bank: { balances: { address: string; coins: { denom: string; amount: string }[] }[] } }
}
/** What the genesis transaction of the one validator takes from the first account. */
const STAKE = 500_000_000n

let devnet: Devnet
afterAll(() => devnet?.stop())

/** What the sends and their fees leave of the genesis balances. */
const expectedBalances = (genesis: Genesis, txs: readonly Buffer[]) => {
  const balances = new Map<string, bigint>()
  const change = (who: string, by: bigint) => balances.set(who, (balances.get(who) ?? 0n) + by)
  for (const { address, coins } of genesis.app_state.bank.balances) change(address, BigInt(coins[0]!.amount))
  change(genesis.app_state.bank.balances[0]!.address, -STAKE)
  for (const tx of txs) {
    const { bodyBytes, authInfoBytes } = TxRaw.decode(tx)
    const send = MsgSend.decode(TxBody.decode(bodyBytes).messages[0]!.value)
    change(
      send.fromAddress,
      -BigInt(send.amount[0]!.amount) - BigInt(AuthInfo.decode(authInfoBytes).fee!.amount[0]!.amount),
    )
    change(send.toAddress, BigInt(send.amount[0]!.amount))
  }
  return balances
}

test('all 20,000 recorded sends have code 0 and leave the balances that they say', async () => {
  const { genesis, txs } = recordedLoad()
  const bytes = txs.map((tx) => Buffer.from(tx, 'base64'))
  expect(bytes).toHaveLength(20_000)
  devnet = await startDevnet({ genesis, skipUnknownModules: true, blockTime: 'manual' })
  const codes = { ante: new Set<number>(), block: new Set<number>() }
  let executed = 0
  devnet.node.onBlock(({ results }) => {
    for (const { code } of results.txResults) codes.block.add(code)
    executed += results.txResults.length
  })
  for (let at = 0; at < bytes.length; at += 4000) {
    const results = await Promise.all(
      bytes.slice(at, at + 4000).map((tx) => devnet.node.submit(new Uint8Array(tx))),
    )
    for (const { code } of results) codes.ante.add(code)
    await devnet.mine()
  }
  expect([...codes.ante]).toEqual([0])
  expect([...codes.block]).toEqual([0])
  expect(executed).toBe(20_000)
  const state = devnet.exportGenesis() as unknown as Genesis
  const found = new Map(
    state.app_state.bank.balances.map(({ address, coins }) => [address, BigInt(coins[0]!.amount)]),
  )
  for (const [who, amount] of expectedBalances(JSON.parse(genesis) as Genesis, bytes))
    expect([who, found.get(who)]).toEqual([who, amount])
  expect(devnet.node.app.brokenInvariants()).toEqual([])
}, 120_000)
