// Nothing that arrives from outside stops a chain: random bytes, broken and twisted transactions get an
// answer.
import { stringToPath } from '@cosmjs/crypto'
import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing'
import { calculateFee, GasPrice, SigningStargateClient } from '@cosmjs/stargate'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx'
import { MempoolError } from '../../chain/consensus/engine.ts'
import { DEV_MNEMONIC } from '../../devnet/accounts.ts'
import { type Devnet, startDevnet } from '../../devnet/devnet.ts'
import { type Random, randomFrom } from '../random.ts'

const CASES = 10_000
const hdPaths = [stringToPath("m/44'/118'/0'/0/0")]

let devnet: Devnet
let valid: Uint8Array
const bugs: unknown[] = []
beforeAll(async () => {
  devnet = await startDevnet({ blockTime: 'manual', onBug: (bug) => bugs.push(bug) })
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(DEV_MNEMONIC, { prefix: 'tendril', hdPaths })
  const [account] = await wallet.getAccounts()
  const client = await SigningStargateClient.offline(wallet)
  const value = {
    fromAddress: account!.address,
    toAddress: account!.address,
    amount: [{ denom: 'utend', amount: '1' }],
  }
  const fee = calculateFee(120_000, GasPrice.fromString('0.001utend'))
  const signerData = { accountNumber: 0n, sequence: 0, chainId: devnet.chainId }
  const message = { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value }
  valid = TxRaw.encode(await client.sign(account!.address, [message], fee, 'memo', signerData)).finish()
})
afterAll(() => devnet.stop())

const replaceAt = (bytes: Uint8Array, at: number, part: Uint8Array, cut: number) =>
  new Uint8Array([...bytes.subarray(0, at), ...part, ...bytes.subarray(at + cut)])

/** One way to break a transaction. */
const twist = (random: Random, tx: Uint8Array): Uint8Array => {
  const at = random.below(tx.length)
  switch (random.below(6)) {
    case 0:
      return replaceAt(tx, at, random.bytes(1), 1)
    case 1:
      return replaceAt(tx, at, random.bytes(random.below(9)), 0)
    case 2:
      return tx.subarray(0, at)
    case 3:
      return replaceAt(tx, at, new Uint8Array(), random.below(20))
    case 4:
      return replaceAt(tx, at, tx.subarray(random.below(tx.length)), random.below(20))
    default:
      return random.bytes(random.below(600))
  }
}

/** The fields of a transaction, each twisted by itself, so that the outer shape still decodes. */
const twistInside = (random: Random): Uint8Array => {
  const tx = TxRaw.decode(valid)
  const field = random.below(3)
  if (field === 0) tx.bodyBytes = twist(random, tx.bodyBytes)
  if (field === 1) tx.authInfoBytes = twist(random, tx.authInfoBytes)
  if (field === 2) tx.signatures = [twist(random, tx.signatures[0]!)]
  return TxRaw.encode(tx).finish()
}

describe('broken transactions', () => {
  test(`${CASES} of them are answered, none passes, and the chain goes on`, async () => {
    const random = randomFrom('broken transactions')
    let refused = 0
    for (let n = 0; n < CASES; n++) {
      const tx = random.below(2) === 0 ? twist(random, valid) : twistInside(random)
      if (Buffer.from(tx).equals(Buffer.from(valid))) continue
      const answer = await devnet.node.submit(tx).catch((error: unknown) => error)
      if (answer instanceof MempoolError) refused += 1
      else if (answer instanceof Error) bugs.push(answer)
      else if ((answer as { code: number }).code !== 0) refused += 1
    }
    expect(bugs).toEqual([])
    expect(refused).toBeGreaterThan(CASES * 0.95)
    await devnet.mine()
    expect((await devnet.node.submit(valid)).code).toBe(0)
    await devnet.mine()
    const { blocks } = devnet.node.engine
    const results = blocks.results(blocks.height)
    expect(results?.txResults.at(-1)?.code).toBe(0)
  }, 60_000)
})

describe('broken queries', () => {
  test('garbage paths, keys, heights and requests get a code', () => {
    const random = randomFrom('broken queries')
    const paths = devnet.node.app.queryServices.flatMap((service) =>
      service.methods.map((method) => `/${service.typeName}/${method.name}`),
    )
    const roots = [
      '/store/bank/key',
      '/store/acc/subspace',
      '/store/bank/xx',
      '/app/simulate',
      '/app/version',
      '/p2p/x',
      '',
    ]
    for (let n = 0; n < 3000; n++) {
      const answer = devnet.node.app.query({
        path: random.below(4) === 0 ? random.pick(roots) : random.pick(paths),
        data: random.bytes(random.below(80)),
        height: BigInt(random.below(6)) - 2n,
        prove: random.below(2) === 0,
      })
      expect(Number.isInteger(answer.code)).toBe(true)
    }
    expect(bugs).toEqual([])
  })
})
