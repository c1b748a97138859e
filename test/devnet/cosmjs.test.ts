// Unmodified CosmJS over real sockets: what a newcomer does in the first hour.
import { iavlSpec, ics23, tendermintSpec, verifyMembership, verifyNonMembership } from '@confio/ics23'
import {
  createMultisigThresholdPubkey,
  encodeSecp256k1Pubkey,
  pubkeyToAddress,
  Secp256k1HdWallet,
} from '@cosmjs/amino'
import { stringToPath } from '@cosmjs/crypto'
import { fromBech32, toHex, toUtf8 } from '@cosmjs/encoding'
import { DirectSecp256k1HdWallet, type OfflineSigner } from '@cosmjs/proto-signing'
import {
  assertIsDeliverTxSuccess,
  calculateFee,
  GasPrice,
  isDeliverTxFailure,
  makeMultisignedTxBytes,
  QueryClient,
  SigningStargateClient,
  StargateClient,
  setupBankExtension,
} from '@cosmjs/stargate'
import { Comet38Client, connectComet, WebsocketClient } from '@cosmjs/tendermint-rpc'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx'
import { type Devnet, startDevnet } from '../../devnet/devnet.ts'

const hdPaths = [0, 1, 2].map((index) => stringToPath(`m/44'/118'/0'/0/${index}`))
const gasPrice = GasPrice.fromString('0.01utend')
let devnet: Devnet
let rpc: string

beforeAll(async () => {
  devnet = await startDevnet({ ports: { rpc: 0, rest: 0, grpc: 0 } })
  rpc = devnet.urls!.rpc
})
afterAll(() => devnet.stop())

const address = (index: number) => devnet.accounts[index]!.address
const direct = () => DirectSecp256k1HdWallet.fromMnemonic(devnet.mnemonic, { prefix: 'tendril', hdPaths })
const amino = () => Secp256k1HdWallet.fromMnemonic(devnet.mnemonic, { prefix: 'tendril', hdPaths })
const signing = (signer: OfflineSigner) =>
  SigningStargateClient.connectWithSigner(rpc, signer, { gasPrice, broadcastPollIntervalMs: 20 })
const coins = (amount: string) => [{ denom: 'utend', amount }]

describe('transfers', () => {
  test.each([
    ['SIGN_MODE_DIRECT', direct],
    ['SIGN_MODE_LEGACY_AMINO_JSON', amino],
  ])('sendTokens with %s moves the coins and pays the fee', async (_, wallet) => {
    const client = await signing(await wallet())
    const receiver = pubkeyToAddress(encodeSecp256k1Pubkey((await randomKey()).pubkey), 'tendril')
    const before = BigInt((await client.getBalance(address(0), 'utend')).amount)
    const result = await client.sendTokens(
      address(0),
      receiver,
      coins('12345'),
      'auto',
      'a memo <with> & signs',
    )
    assertIsDeliverTxSuccess(result)
    expect((await client.getBalance(receiver, 'utend')).amount).toBe('12345')
    const fee = BigInt(
      result.events.find(({ type }) => type === 'tx')!.attributes[0]!.value.replace('utend', ''),
    )
    expect(before - BigInt((await client.getBalance(address(0), 'utend')).amount)).toBe(12345n + fee)
    client.disconnect()
  })

  test('a failing transfer is reported with the codespace and code of the SDK', async () => {
    const client = await signing(await direct())
    const fee = calculateFee(100_000, gasPrice)
    const result = await client.sendTokens(address(0), address(1), coins('9'.repeat(30)), fee)
    expect(isDeliverTxFailure(result)).toBe(true)
    expect(result.code).toBe(5)
    expect(result.rawLog).toContain('insufficient funds')
    client.disconnect()
  })

  test('a transaction that CheckTx refuses is thrown with its code', async () => {
    const client = await signing(await direct())
    const fee = calculateFee(1, gasPrice)
    await expect(client.sendTokens(address(0), address(1), coins('1'), fee)).rejects.toMatchObject({
      code: 11,
      codespace: 'sdk',
    })
    client.disconnect()
  })

  test('many transfers of one account one after the other', async () => {
    const client = await signing(await direct())
    for (let i = 0; i < 5; i++)
      assertIsDeliverTxSuccess(await client.sendTokens(address(1), address(2), coins('1'), 'auto'))
    expect((await client.getSequence(address(1))).sequence).toBe(5)
    client.disconnect()
  })
})

const randomKey = async () => (await (await DirectSecp256k1HdWallet.generate(12)).getAccounts())[0]!

test('simulate estimates the gas that the transaction then uses', async () => {
  const client = await signing(await direct())
  const message = {
    typeUrl: '/cosmos.bank.v1beta1.MsgSend',
    value: { fromAddress: address(0), toAddress: address(1), amount: coins('1') },
  }
  const gas = await client.simulate(address(0), [message], 'memo')
  const result = await client.signAndBroadcast(address(0), [message], calculateFee(gas * 2, gasPrice), 'memo')
  // A simulated transaction pays no fee, and CosmJS multiplies what it learns by 1.4.
  expect(Number(result.gasUsed)).toBeGreaterThanOrEqual(gas)
  expect(Number(result.gasUsed)).toBeLessThan(gas * 1.4)
  client.disconnect()
})

test('a 2-of-3 multisig account receives, signs and sends', async () => {
  const keys = await (await amino()).getAccounts()
  const publicKey = createMultisigThresholdPubkey(
    keys.map(({ pubkey }) => encodeSecp256k1Pubkey(pubkey)),
    2,
  )
  const multisig = pubkeyToAddress(publicKey, 'tendril')
  const funder = await signing(await direct())
  assertIsDeliverTxSuccess(await funder.sendTokens(address(0), multisig, coins('1000000'), 'auto'))
  const { accountNumber, sequence } = await funder.getSequence(multisig)
  const message = {
    typeUrl: '/cosmos.bank.v1beta1.MsgSend',
    value: { fromAddress: multisig, toAddress: address(2), amount: coins('777') },
  }
  const fee = calculateFee(200_000, gasPrice)
  const offline = await SigningStargateClient.offline(await amino())
  const signerData = { accountNumber, sequence, chainId: devnet.chainId }
  const signed = await Promise.all(
    [0, 2].map((i) => offline.sign(address(i), [message], fee, 'of two', signerData)),
  )
  const { bodyBytes } = signed[0]!
  const signatures = new Map(signed.map((tx, i) => [address(i * 2), tx.signatures[0]!]))
  const tx = makeMultisignedTxBytes(publicKey, sequence, fee, bodyBytes, signatures)
  const result = await funder.broadcastTx(tx, 10_000, 20)
  assertIsDeliverTxSuccess(result)
  expect((await funder.getBalance(multisig, 'utend')).amount).toBe(String(1_000_000 - 777 - 2000))
  funder.disconnect()
})

test('blocks, accounts and transactions are found again', async () => {
  const client = await signing(await direct())
  const sent = await client.sendTokens(address(0), address(1), coins('4242'), 'auto', 'find me')
  const tx = await client.getTx(sent.transactionHash)
  expect(tx).toMatchObject({ height: sent.height, code: 0, hash: sent.transactionHash })
  const found = await client.searchTx(`transfer.sender='${address(0)}' AND transfer.amount='4242utend'`)
  expect(found.map(({ hash }) => hash)).toEqual([sent.transactionHash])
  const pairs = [
    { key: 'transfer.sender', value: address(0) },
    { key: 'transfer.amount', value: '4242utend' },
  ]
  expect((await client.searchTx(pairs)).map(({ hash }) => hash)).toEqual([sent.transactionHash])
  const block = await client.getBlock(sent.height)
  expect(block.header.chainId).toBe(devnet.chainId)
  expect(block.txs.map((bytes) => TxRaw.decode(bytes).signatures.length)).toEqual([1])
  expect(await client.getChainId()).toBe(devnet.chainId)
  expect(Number((await client.getAccount(address(0)))?.accountNumber)).toBe(0)
  expect(
    await client.getAccount(pubkeyToAddress(encodeSecp256k1Pubkey((await randomKey()).pubkey), 'tendril')),
  ).toBeNull()
  client.disconnect()
})

test('WebSocket subscriptions deliver blocks and transactions', async () => {
  const socket = new WebsocketClient(rpc.replace('http', 'ws'))
  const comet = await Comet38Client.create(socket)
  const blocks: number[] = []
  const txs: string[] = []
  const blockSubscription = comet
    .subscribeNewBlock()
    .subscribe({ next: ({ header }) => void blocks.push(header.height) })
  const txSubscription = comet
    .subscribeTx(`message.sender='${address(0)}'`)
    .subscribe({ next: ({ hash }) => void txs.push(toHex(hash).toUpperCase()) })
  await comet.status() // both subscriptions are older than this answer
  const client = await signing(await direct())
  const sent = await client.sendTokens(address(0), address(1), coins('1'), 'auto')
  for (let waited = 0; waited < 200 && !(txs.length > 0 && blocks.includes(sent.height)); waited++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  expect(txs).toEqual([sent.transactionHash])
  expect(blocks).toContain(sent.height)
  blockSubscription.unsubscribe()
  txSubscription.unsubscribe()
  comet.disconnect()
  await hangUp(socket)
  client.disconnect()
})

/** CosmJS keeps reconnecting a socket that it was told to disconnect, which would keep this process alive. */
const hangUp = async (client: WebsocketClient) => {
  const { socket } = client as unknown as { socket: { reconnectTimeout?: NodeJS.Timeout } }
  while (!socket.reconnectTimeout) await new Promise((resolve) => setTimeout(resolve, 5))
  clearTimeout(socket.reconnectTimeout)
}

describe('proofs', () => {
  test.each([
    ['a balance that is there', () => address(0)],
    ['a balance that is not there', () => undefined],
  ])('%s is proven against the next header', async (_, holder) => {
    const comet = await connectComet(rpc)
    const account = holder()
    const bytes = account === undefined ? new Uint8Array(20) : fromBech32(account).data
    const key = Uint8Array.from([2, bytes.length, ...bytes, ...toUtf8('utend')])
    const blockHeight = (await comet.status()).syncInfo.latestBlockHeight - 1
    const proven = await comet.abciQuery({
      path: '/store/bank/key',
      data: key,
      height: blockHeight,
      prove: true,
    })
    const header = (await comet.block(blockHeight + 1)).block.header
    const [iavl, simple] = proven.proof!.ops.map((op) => ics23.CommitmentProof.decode(op.data))
    const root = (simple as { exist?: { value?: Uint8Array | null } }).exist!.value!
    expect(verifyMembership(simple!, tendermintSpec, header.appHash, toUtf8('bank'), root)).toBe(true)
    if (account === undefined) {
      expect(verifyNonMembership(iavl!, iavlSpec, root, key)).toBe(true)
      expect(proven.value).toHaveLength(0)
    } else {
      expect(verifyMembership(iavl!, iavlSpec, root, key, proven.value)).toBe(true)
      expect(verifyMembership(iavl!, iavlSpec, root, key, toUtf8('1'))).toBe(false)
    }
    comet.disconnect()
  })
})

test('a read-only client reads supply, balances and metadata', async () => {
  const client = await StargateClient.connect(rpc)
  const comet = await connectComet(rpc)
  const { bank } = QueryClient.withExtensions(comet, setupBankExtension)
  const supply = await bank.supplyOf('utend')
  const given = 1_000_000_000_000n * 10n + 4n * 100_000_000n // ten accounts, four validators; mint adds to it
  expect(BigInt(supply.amount)).toBeGreaterThan(given)
  expect(BigInt(supply.amount)).toBeLessThan(given + given / 1000n)
  expect((await client.getAllBalances(address(5)))[0]).toEqual({ denom: 'utend', amount: '1000000000000' })
  expect((await bank.denomMetadata('utend')).display).toBe('tend')
  client.disconnect()
  comet.disconnect()
})
