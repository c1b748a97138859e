// Blocks of sends at random, good and bad, against a ledger of ten lines: who has what, who has signed how
// often, and what was paid. Each is followed by the invariants of all modules.

import type { Any } from '@bufbuild/protobuf/wkt'
import { expect, test } from '@jest/globals'
import { toHex } from '../../../chain/bytes.ts'
import { moduleAddress } from '../../../chain/module.ts'
import { MsgMultiSendSchema, MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { randomFrom } from '../../random.ts'
import { type Chain, pack, person, sign, startChain } from '../chain.ts'
import { genesisOf } from '../pair.ts'

const people = Array.from({ length: 6 }, (_, i) => person(`storm ${i}`))
const strangers = Array.from({ length: 4 }, (_, i) => person(`stranger ${i}`))
const everyone = [...people, ...strangers]
const FEES = toHex(moduleAddress('fee_collector'))

type Ledger = Map<string, bigint>
type Transfer = { from: string; parts: { to: string; amount: bigint }[] }

/** Undefined if somebody does not have what is sent; nothing has moved then. */
const moved = (ledger: Ledger, transfers: readonly Transfer[]): Ledger | undefined => {
  const next = new Map(ledger)
  const add = (who: string, amount: bigint) => next.set(who, (next.get(who) ?? 0n) + amount)
  for (const { from, parts } of transfers) {
    const total = parts.reduce((sum, { amount }) => sum + amount, 0n)
    if ((next.get(from) ?? 0n) < total) return undefined
    add(from, -total)
    for (const { to, amount } of parts) add(to, amount)
  }
  return next
}

const messageOf = ({ from, parts }: Transfer): Any => {
  const text = (hex: string) => everyone.find(({ address }) => toHex(address) === hex)!.text
  const coins = (amount: bigint) => [{ denom: 'stake', amount: `${amount}` }]
  const total = parts.reduce((sum, { amount }) => sum + amount, 0n)
  const [only] = parts
  return parts.length === 1
    ? pack(MsgSendSchema, { fromAddress: text(from), toAddress: text(only!.to), amount: coins(only!.amount) })
    : pack(MsgMultiSendSchema, {
        inputs: [{ address: text(from), coins: coins(total) }],
        outputs: parts.map(({ to, amount }) => ({ address: text(to), coins: coins(amount) })),
      })
}

const storm = (seed: string, blocks: number) => {
  const random = randomFrom(seed)
  const chain: Chain = startChain(genesisOf(...people), { verifier: () => true })
  let ledger: Ledger = new Map(people.map(({ address }) => [toHex(address), 1_000_000n]))
  const sequences = new Map(people.map(({ name }) => [name, 0n]))
  const counts = { good: 0, bad: 0, refused: 0 }

  const attempt = () => {
    const who = random.pick(people)
    const from = toHex(who.address)
    const transfers = Array.from({ length: 1 + random.below(3) }, () => ({
      from,
      parts: Array.from({ length: 1 + random.below(3) }, () => ({
        to: toHex(random.pick(everyone).address),
        amount: 1n + BigInt(random.below(random.below(4) === 0 ? 2_000_000 : 5000)),
      })),
    }))
    const fee = BigInt(random.below(900))
    const sequence = sequences.get(who.name)! + (random.below(9) === 0 ? 1n : 0n)
    const tx = sign(chain, who, transfers.map(messageOf), {
      ...{
        sequence,
        fee: { gasLimit: 900_000n, amount: fee === 0n ? [] : [{ denom: 'stake', amount: `${fee}` }] },
      },
    })
    const paid = moved(ledger, [{ from, parts: [{ to: FEES, amount: fee }] }])
    if (sequence !== sequences.get(who.name) || paid === undefined) {
      counts.refused++
      return { tx, code: sequence !== sequences.get(who.name) && paid !== undefined ? 32 : 5 }
    }
    sequences.set(who.name, sequence + 1n)
    const after = moved(paid, transfers)
    ledger = after ?? paid
    counts[after === undefined ? 'bad' : 'good']++
    return { tx, code: after === undefined ? 5 : 0 }
  }

  const hashes: string[] = []
  for (let i = 0; i < blocks; i++) {
    const attempts = Array.from({ length: random.below(9) }, attempt)
    const { txResults, appHash } = chain.block(...attempts.map(({ tx }) => tx))
    expect(txResults.map(({ code }) => code)).toEqual(attempts.map(({ code }) => code))
    const view = chain.app.view()
    for (const [who, amount] of ledger)
      expect([who, chain.bank.balance(view, Buffer.from(who, 'hex'), 'stake')]).toEqual([who, amount])
    for (const { name, address } of people)
      expect(chain.auth.account(view, address)!.base.sequence).toBe(sequences.get(name))
    expect(chain.app.brokenInvariants()).toEqual([])
    hashes.push(toHex(appHash))
  }
  return { counts, hashes, chain }
}

test.each(['calm', 'gale', 'gust'])('%s', (seed) => {
  const { counts, chain } = storm(seed, 40)
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(5)
  const exported = chain.app.exportGenesis()
  expect(startChain(exported).app.exportGenesis()).toEqual(exported)
})

test('a storm comes the same way twice', () => {
  expect(storm('again', 12).hashes).toEqual(storm('again', 12).hashes)
})
