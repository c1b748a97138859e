// What the fields of a transaction may not be, whoever signed it; and how much it has paid by then.
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { type Chain, GENESIS_NS, pack, sign, type TxOptions } from '../chain.ts'
import { ann, balance, bob, send, startLimited, startPair } from '../pair.ts'

const run = (chain: Chain, options: TxOptions) => {
  const { code, log } = chain.block(sign(chain, ann, [send('5')], options)).txResults[0]!
  return [code, log]
}
const stake = (amount: string, denom = 'stake') => ({ denom, amount })

const NOT_SIGNED =
  'signature verification failed; please verify account number (0) and chain-id (test-1): ' +
  '(unable to verify single signer signature): unauthorized'

const refusals: [string, TxOptions, number, string | RegExp][] = [
  [
    'a long memo, in bytes',
    { body: { memo: 'é'.repeat(129) } },
    12,
    'maximum number of characters is 256 but received 258 characters: memo too large',
  ],
  [
    'a height that has passed',
    { body: { timeoutHeight: 1n } },
    30,
    'block height: 2, timeout height: 1: tx timeout height',
  ],
  [
    'a time that has passed',
    { body: { timeoutTimestamp: timestampFromMs(Number(GENESIS_NS / 1_000_000n) + 1500) } },
    42,
    'block time: 2023-11-14 22:13:22 +0000 UTC, ' +
      'timeout timestamp: 2023-11-14 22:13:21.5 +0000 UTC: tx timeout',
  ],
  ['an extension, of which there are none', { body: { extensionOptions: [send('1')] } }, 2, 'tx parse error'],
  [
    'an extension, even one that may be ignored',
    { body: { nonCriticalExtensionOptions: [send('1')] } },
    2,
    'tx parse error',
  ],
  [
    'a foreign fee payer',
    { fee: { gasLimit: 200_000n, payer: 'x' } },
    7,
    /^Invalid fee payer address \(decoding bech32 failed: .*\): invalid address$/,
  ],
  [
    'fee grants, where there are none',
    { fee: { gasLimit: 200_000n, granter: bob.text } },
    18,
    'fee grants are not enabled: invalid request',
  ],
  [
    'a negative fee',
    { fee: { gasLimit: 200_000n, amount: [stake('-1')] } },
    13,
    'invalid fee provided: -1stake: insufficient fee',
  ],
  [
    'a fee whose coins are not sorted',
    { fee: { gasLimit: 200_000n, amount: [stake('1', 'zz'), stake('1', 'aa')] } },
    13,
    'invalid fee amount: 1zz,1aa: insufficient fee',
  ],
  [
    'a fee beyond the balance',
    { fee: { gasLimit: 200_000n, amount: [stake('1000001')] } },
    5,
    'spendable balance 1000000stake is smaller than 1000001stake: insufficient funds: insufficient funds',
  ],
  [
    'no gas',
    { fee: { gasLimit: 0n } },
    11,
    /^out of gas in location: \w+; gasWanted: 0, gasUsed: \d+: out of gas$/,
  ],
  [
    'gas beyond 63 bits',
    { fee: { gasLimit: 2n ** 63n } },
    18,
    'invalid gas supplied; 9223372036854775808 > 9223372036854775807: invalid request',
  ],
  ['a signature for another chain', { chainId: 'other-1' }, 4, NOT_SIGNED],
  ['a signature for another account number', { accountNumber: 5n }, 4, NOT_SIGNED],
]

describe('refused', () => {
  test.each(refusals)('%s', (_, options, code, log) => {
    const chain = startPair()
    const [actual, text] = run(chain, options)
    expect(actual).toBe(code)
    expect(text).toEqual(typeof log === 'string' ? log : expect.stringMatching(log))
    expect(balance(chain, ann)).toBe(1_000_000n)
  })
})

describe('accepted', () => {
  test.each<[string, TxOptions]>([
    ['a memo of the greatest length', { body: { memo: 'é'.repeat(128) } }],
    ['its own height as the last', { body: { timeoutHeight: 2n } }],
    ['itself as the fee payer', { fee: { gasLimit: 200_000n, payer: ann.text, amount: [stake('7')] } }],
    ['a fee of nothing', { fee: { gasLimit: 200_000n, amount: [] } }],
  ])('%s', (_, options) => {
    expect(run(startPair(), options)).toEqual([0, ''])
  })

  test('as much gas as a block has', () => {
    expect(run(startLimited(200_000n), {})).toEqual([0, ''])
  })
})

test('each byte costs its gas', () => {
  const used = (memo: string) => {
    const chain = startPair()
    return Number(chain.block(sign(chain, ann, [send('5')], { body: { memo } })).txResults[0]!.gasUsed)
  }
  expect(used('a'.repeat(110)) - used('a'.repeat(10))).toBe(1000)
})

test('nobody signs for a module: its account takes no key', () => {
  const chain = startPair()
  const collector = chain.settings.addresses.text(chain.auth.moduleAddress('fee_collector'))
  const message = pack(MsgSendSchema, {
    ...{ fromAddress: collector, toAddress: ann.text, amount: [stake('1')] },
  })
  const { code, log } = chain.block(sign(chain, ann, [message])).txResults[0]!
  expect([code, log]).toEqual([
    8,
    `pubKey does not match signer address ${collector} with signer index: 0: invalid pubkey`,
  ])
})
