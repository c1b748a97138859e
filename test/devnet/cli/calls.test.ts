import { Secp256k1HdWallet } from '@cosmjs/amino'
import { stringToPath } from '@cosmjs/crypto'
import { SigningStargateClient } from '@cosmjs/stargate'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DEV_MNEMONIC, hdPath } from '../../../devnet/accounts.ts'
import { query } from '../../../devnet/cli/query.ts'
import { tx } from '../../../devnet/cli/tx.ts'
import { type Devnet, startDevnet } from '../../../devnet/devnet.ts'

// The commands as a user types them, against a chain over real sockets.
let devnet: Devnet
beforeAll(async () => {
  devnet = await startDevnet({ ports: { rpc: 0, rest: 0, grpc: 0 }, chainId: 'words-1' })
})
afterAll(() => devnet.stop())

const run = async (command: typeof tx, line: string): Promise<{ code: number; text: string }> => {
  let text = ''
  const args = line.split(' ').map((word) => word.replaceAll('␣', ' '))
  const code = await command([...args, '--node', devnet.urls!.rpc], (more) => {
    text += more
  })
  return { code, text }
}
const send = (line: string) => run(tx, line)
const ask = async (line: string) => JSON.parse((await run(query, `${line} --json`)).text)
const address = (index: number): string => devnet.accounts[index]!.address
const balance = async (index: number): Promise<bigint> => {
  const { balance } = await ask(`bank balance ${index} utend`)
  return BigInt(balance.amount)
}
const GIVEN = 1_000_000_000_000n

describe('tendril tx', () => {
  test('sends coins by the indices of development accounts, and says in which block', async () => {
    const { code, text } = await send('bank send 0 1 10utend --from 0')
    expect(text).toMatch(/^tx {7}[0-9A-F]{64}\nblock {4}\d+\ngas {6}\d+ of \d+\nresult {3}ok\n$/)
    expect(code).toBe(0)
    expect([await balance(0), await balance(1)]).toEqual([GIVEN - 10n, GIVEN + 10n])
  })

  test('knows the signer by the message alone, and the fee by the price of gas', async () => {
    const { text } = await send(
      `bank send ${address(2)} 3 5utend --gas 100000 --gas-prices 0.015utend --json`,
    )
    const result = JSON.parse(text)
    expect(result).toMatchObject({ code: 0, gas_wanted: '100000', codespace: '', raw_log: '' })
    expect(result.events.some(({ type }: { type: string }) => type === 'transfer')).toBe(true)
    expect(await balance(2)).toBe(GIVEN - 5n - 1500n)
  })

  test('sends to many by JSON, with a memo and a fee', async () => {
    const coins = (amount: number) => `[{"denom":"utend","amount":"${amount}"}]`
    const inputs = `--inputs {"address":"${address(4)}","coins":${coins(7)}}`
    const outputs = [5, 6].map((to, i) => `{"address":"${address(to)}","coins":${coins(3 + i)}}`)
    const line = `bank multi-send ${inputs} --outputs [${outputs.join(',')}]`
    const { text } = await send(`${line} --from 4 --fees 100utend --memo two␣of␣them --json`)
    expect([await balance(4), await balance(5), await balance(6)]).toEqual([
      ...[GIVEN - 107n, GIVEN + 3n, GIVEN + 4n],
    ])
    const found = await ask(`tx tx ${JSON.parse(text).txhash}`)
    expect(found.tx.body.memo).toBe('two of them')
    expect(found.tx.auth_info.fee.amount).toEqual([{ denom: 'utend', amount: '100' }])
  })

  test('signs with the keys of other words', async () => {
    const words =
      'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'
    const wallet = await Secp256k1HdWallet.fromMnemonic(words, { prefix: 'tendril' })
    const stranger = (await wallet.getAccounts())[0]!.address
    await send(`bank send 0 ${stranger} 50utend`)
    const other = `--mnemonic ${words.replaceAll(' ', '␣')}`
    const { code } = await send(`bank send 0 ${address(7)} 20utend ${other}`)
    expect(code).toBe(0)
    expect((await ask(`bank balance ${stranger} utend`)).balance.amount).toBe('30')
  })

  test('prints what CosmJS can sign with --generate-only, and sends nothing', async () => {
    const before = await balance(8)
    const { text } = await send('bank send 9 5utend --from 8 --generate-only --fees 7utend --memo later')
    expect(await balance(8)).toBe(before)
    const { body, auth_info, signatures } = JSON.parse(text)
    expect(body).toMatchObject({ memo: 'later', timeout_height: '0' })
    expect(auth_info).toMatchObject({
      signer_infos: [],
      fee: { amount: [{ denom: 'utend', amount: '7' }], gas_limit: '200000' },
    })
    expect(signatures).toEqual([])
    const wallet = await Secp256k1HdWallet.fromMnemonic(DEV_MNEMONIC, {
      prefix: 'tendril',
      hdPaths: [8].map((index) => stringToPath(hdPath(index))),
    })
    const client = await SigningStargateClient.connectWithSigner(devnet.urls!.rpc, wallet)
    const { '@type': typeUrl, from_address, to_address, amount } = body.messages[0]
    const value = { fromAddress: from_address, toAddress: to_address, amount }
    const fee = { amount: auth_info.fee.amount, gas: auth_info.fee.gas_limit }
    const result = await client.signAndBroadcast(from_address, [{ typeUrl, value }], fee, body.memo)
    client.disconnect()
    expect(result.code).toBe(0)
    expect(await balance(8)).toBe(before - 12n)
  })

  test('a transaction that fails in its block says why and exits with 1', async () => {
    const { code, text } = await send('bank send 0 1 10nothing --gas 100000')
    expect(code).toBe(1)
    expect(text).toContain('result   failed (sdk 5): failed to execute message; message index: 0: spendable')
  })

  test('--no-wait comes back with the hash alone', async () => {
    const { code, text } = await send('bank send 0 1 1utend --no-wait --json')
    const { txhash, height } = JSON.parse(text)
    expect([code, height]).toEqual([0, '0'])
    expect((await ask(`tx tx ${txhash}`)).tx_response.code).toBe(0)
  })

  const wrong: [string, string][] = [
    [
      'bank send 0 1 10nothing',
      'the transaction would fail: failed to execute message; message index: 0: spendable',
    ],
    ['bank send 1 2 3utend --from 0', 'this message must be signed by'],
    ['gov vote 1 yes', '--from is missing: who signs the MsgVote?'],
    [
      'bank send 0 1 2utend --chain-id other-1 --gas 90000',
      'the transaction was refused: signature verification',
    ],
    ['bank send 0 1 2utend --fees 1utend --gas-prices 1utend', '--fees and --gas-prices exclude each other'],
    ['bank send 0 1 2utend --gas much', '--gas is "much": it must be auto or a whole number'],
    ['bank send 0 1 2utend --from nobody', '"nobody" is neither an address of this chain'],
    ['bank send 0 1 2utend --sequence 99 --gas 90000', 'account sequence mismatch'],
    ['bank send 0 1 2utend --mnemonic not␣words', '--mnemonic: the mnemonic is not valid BIP-39'],
    ['nothing send', 'there is no module "nothing", neither here nor on the chain'],
  ]
  test.each(wrong)('%s', async (line, text) => {
    await expect(send(line)).rejects.toThrow(text)
  })

  test('an account without coins is named', async () => {
    const line = 'bank send 0 --to-address 15 2utend --from 15'
    await expect(send(line)).rejects.toThrow(/must be signed by/)
    await expect(send('bank send 15 0 2utend')).rejects.toThrow('has no account on the chain at http://')
  })

  test('a node that does not answer is named', async () => {
    const gone = await startDevnet({ ports: { rpc: 0, rest: 0, grpc: 0 } })
    const { rpc } = gone.urls!
    await gone.stop()
    const sent = tx(['bank', 'send', '0', '1', '1utend', '--node', rpc], () => undefined)
    await expect(sent).rejects.toThrow(`${rpc} does not answer (ECONNREFUSED)`)
  })
})

describe('modules that nobody wrote a command for', () => {
  test('a group decides who is paid', async () => {
    const members = [0, 1, 2].map((i) => `{"address":"${address(i)}","weight":"1"}`)
    const windows = '{"voting_period":"1h","min_execution_period":"0s"}'
    const policy = `{"@type":"/cosmos.group.v1.ThresholdDecisionPolicy","threshold":"2","windows":${windows}}`
    const made = `--members [${members.join(',')}] --decision-policy ${policy} --from 0`
    const { text } = await send(`group create-group-with-policy crew ${made}`)
    const account = /group_policy_address: (tendril1\w+)/.exec(text)![1]
    await send(`bank send 0 ${account} 500utend`)
    const coins = '[{"denom":"utend","amount":"200"}]'
    const payment = { from_address: account, to_address: address(9), amount: JSON.parse(coins) }
    const pay = JSON.stringify({ '@type': '/cosmos.bank.v1beta1.MsgSend', ...payment })
    const before = await balance(9)
    await send(`group submit-proposal ${account} --proposers ${address(1)} --messages ${pay} --exec try`)
    expect((await ask('group tally-result 1')).tally.yes_count).toBe('1')
    await send('group vote 1 2 yes --exec try')
    expect(await balance(9)).toBe(before + 200n)
    await expect(ask('group proposal 1')).rejects.toThrow('load proposal: not found')
  })

  test('stake is delegated, rewarded and taken back', async () => {
    const { validators } = await ask('staking validators --limit 1')
    const operator = validators[0].operator_address
    await send(`staking delegate ${operator} 5000utend --from 7`)
    const { delegation_response } = await ask(`staking delegation 7 ${operator}`)
    expect(delegation_response.balance).toEqual({ denom: 'utend', amount: '5000' })
    const { code } = await send(`distribution withdraw-rewards ${operator} --from 7`)
    expect(code).toBe(0)
    await send(`staking unbond ${operator} 2000utend --from 7`)
    const { unbonding_responses } = await ask('staking unbonding-delegations 7')
    expect(unbonding_responses[0].entries[0].balance).toBe('2000')
  })
})

/** A module's account has its address inside. */
type Account = { address?: string; base_account?: { address: string } }

describe('tendril query', () => {
  test('prints YAML for people and the JSON of the SDK for programs', async () => {
    const { text } = await run(query, 'bank params')
    expect(text).toBe('params:\n  send_enabled: []\n  default_send_enabled: true\n')
    const { text: json } = await run(query, 'bank params --json')
    expect(json).toBe('{"params":{"send_enabled":[],"default_send_enabled":true}}\n')
  })

  test('goes through pages by the key that each page ends with', async () => {
    const seen: string[] = []
    let key = ''
    do {
      const page = await ask(`auth accounts --limit 4${key && ` --page-key ${key}`}`)
      expect(page.accounts.length).toBeLessThanOrEqual(4)
      seen.push(...page.accounts.map((account: Account) => account.address ?? account.base_account!.address))
      key = page.pagination.next_key
    } while (key)
    const { pagination } = await ask('auth accounts --count-total --limit 1')
    expect(seen.length).toBe(Number(pagination.total))
    expect(new Set(seen).size).toBe(seen.length)
    const { denom_owners } = await ask('bank denom-owners utend --reverse --limit 1')
    const { denom_owners: all } = await ask('bank denom-owners utend --limit 100')
    expect(denom_owners[0]).toEqual(all.at(-1))
  })

  test('asks at a height', async () => {
    const { balance } = await ask('bank balance 0 utend --height 1')
    expect(balance.amount).toBe(`${GIVEN}`)
    await expect(run(query, 'bank balance 0 utend --height 99999')).rejects.toThrow(
      'cannot query with height',
    )
  })

  test('asks a module that only the chain knows, by its reflection', async () => {
    const { module_options } = (await ask('autocli app-options')) as {
      module_options: Record<string, unknown>
    }
    expect(module_options.bank).toMatchObject({ tx: { service: 'cosmos.bank.v1beta1.Msg' } })
  })

  test('the chain refuses in its own words', async () => {
    await expect(run(query, 'bank balance nobody utend')).rejects.toThrow(/Balance: .*nobody|decoding bech32/)
    await expect(run(query, 'bank balance 0 utend --page 1')).rejects.toThrow('there is no flag --page')
  })
})
