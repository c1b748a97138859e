import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DescMethod, Message } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { toJson } from '../../../chain/runtime/json.ts'
import { type Catalog, ownCatalog } from '../../../devnet/cli/calls/catalog.ts'
import { methodHelp, moduleHelp, modulesHelp } from '../../../devnet/cli/calls/help.ts'
import { openKeyRing } from '../../../devnet/cli/calls/keys.ts'
import { draftOf, indicesOf, requestOf } from '../../../devnet/cli/calls/request.ts'
import { type Kind, kebab, methodOf, modulesOf } from '../../../devnet/cli/calls/services.ts'
import { readWords } from '../../../devnet/cli/calls/words.ts'
import { yamlText } from '../../../devnet/cli/calls/yaml.ts'

const FLAGS = [
  { name: 'from', value: 'ACCOUNT', help: 'who signs' },
  { name: 'memo', value: 'TEXT', help: 'a note' },
  { name: 'json', help: 'JSON' },
]
const folder = mkdtempSync(join(tmpdir(), 'tendril-words-'))
const keys = openKeyRing('tendril')
let catalog: Catalog
beforeAll(async () => {
  catalog = await ownCatalog()
  await keys.ready([9])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const method = (kind: Kind, module: string, name: string): DescMethod =>
  methodOf(modulesOf(kind, catalog.services).get(module)!, name, kind)

/**
 * The request as JSON that `tendril KIND MODULE METHOD …` would make; `from` are words that name the signer.
 */
const request = (line: string[], from: string[] = []) => {
  const [kind, module, name, ...args] = line as [Kind, string, string]
  const found = method(kind, module, name)
  const words = readWords(found, FLAGS, args)
  const draft = draftOf(found, kind, words, (word) => from.includes(word))
  expect(indicesOf(draft).every((index) => index < 10)).toBe(true)
  const message: Message = requestOf(draft, catalog.registry, keys)
  return toJson(found.input, message, catalog.registry)
}
const alice = () => keys.address('account', 0)
const bob = () => keys.address('account', 1)

describe('arguments come from descriptors', () => {
  test('stand in the order of the fields, indices are development accounts, coins are text', () => {
    expect(request(['tx', 'bank', 'send', '0', bob(), '10utend,3foo', '4ufoo'])).toEqual({
      from_address: alice(),
      to_address: bob(),
      amount: [
        { denom: 'utend', amount: '10' },
        { denom: 'foo', amount: '3' },
        { denom: 'ufoo', amount: '4' },
      ],
    })
  })

  test('the signer may be left out, or stand in its place', () => {
    const without = {
      delegator_address: '',
      validator_address: 'VAL',
      amount: { denom: 'utend', amount: '5' },
    }
    expect(request(['tx', 'staking', 'delegate', 'VAL', '5utend'])).toEqual(without)
    expect(request(['tx', 'group', 'vote', '1', 'ME', 'yes'], ['ME'])).toMatchObject({ voter: 'ME' })
    expect(request(['tx', 'group', 'vote', '1', 'yes'])).toMatchObject({
      ...{ proposal_id: '1', voter: '', option: 'VOTE_OPTION_YES' },
    })
  })

  test('a query asks for what its path holds; what follows may be left out', () => {
    const operator = keys.address('validator', 2)
    expect(request(['query', 'staking', 'delegation', '1', '2'])).toEqual({
      ...{ delegator_addr: bob(), validator_addr: operator },
    })
    expect(() => request(['query', 'staking', 'delegation', '1'])).toThrow(
      'validator_addr is missing: text. Usage: delegation DELEGATOR_ADDR VALIDATOR_ADDR',
    )
    expect(request(['query', 'bank', 'balance', '0'])).toMatchObject({ denom: '' })
  })

  test('a list at the end takes the rest of the line', () => {
    expect(request(['query', 'bank', 'send-enabled', 'a', 'b', 'c'])).toMatchObject({
      denoms: ['a', 'b', 'c'],
    })
  })

  test('a whole message may be JSON, in the line or in a file; flags add to it', () => {
    const file = join(folder, 'send.json')
    writeFileSync(
      file,
      '{"from_address":"a","amount":[{"denom":"utend","amount":"12345678901234567890123"}]}',
    )
    const expected = {
      from_address: 'a',
      to_address: 'b',
      amount: [{ denom: 'utend', amount: '12345678901234567890123' }],
    }
    expect(request(['tx', 'bank', 'send', `@${file}`, '--to-address', 'b'])).toEqual(expected)
    expect(request(['tx', 'gov', 'vote', '{"proposal_id":18446744073709551615}', '2'])).toMatchObject({
      ...{ proposal_id: '18446744073709551615' },
    })
  })
})

describe('every field is a flag', () => {
  test('nested by dots, repeated by repetition, JSON where a message is meant', () => {
    const line = ['--inputs', '{"address":"a","coins":[{"denom":"x/y","amount":"1"}]}']
    const outputs = ['--outputs', '[{"address":"b"}]', '--outputs={"address":"c"}']
    expect(request(['tx', 'bank', 'multi-send', ...line, ...outputs])).toEqual({
      inputs: [{ address: 'a', coins: [{ denom: 'x/y', amount: '1' }] }],
      outputs: [
        { address: 'b', coins: [] },
        { address: 'c', coins: [] },
      ],
    })
    const create = ['1', '7utend', '--description.moniker', 'me', '--commission.rate', '0.05']
    expect(request(['tx', 'staking', 'create-validator', ...create])).toMatchObject({
      description: { moniker: 'me' },
      commission: { rate: '0.050000000000000000', max_rate: '0.000000000000000000' },
      ...{ min_self_delegation: '1', value: { denom: 'utend', amount: '7' } },
    })
  })

  test('switches, times, durations, bytes and Anys are written as people write them', () => {
    const params = ['--plan.name', 'v2', '--plan.height', '90', '--plan.info=a=b']
    expect(request(['tx', 'upgrade', 'software-upgrade', ...params])).toMatchObject({
      plan: { name: 'v2', height: '90', info: 'a=b' },
    })
    const key =
      '{"@type":"/cosmos.crypto.ed25519.PubKey","key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}'
    expect(request(['tx', 'staking', 'create-validator', '1', '7utend', '--pubkey', key])).toMatchObject({
      pubkey: { '@type': '/cosmos.crypto.ed25519.PubKey' },
    })
    expect(
      request(['tx', 'vesting', 'create-vesting-account', 'b', '1utend', '9', '--delayed']),
    ).toMatchObject({
      ...{ to_address: 'b', end_time: '9', delayed: true },
    })
    expect(
      request(['tx', 'vesting', 'create-vesting-account', 'b', '1utend', '--delayed=false']),
    ).toMatchObject({
      delayed: false,
    })
    const windows = '{"voting_period":"1h30m","min_execution_period":"0s"}'
    const policy = `{"@type":"/cosmos.group.v1.ThresholdDecisionPolicy","threshold":"2","windows":${windows}}`
    expect(request(['tx', 'group', 'create-group-policy', '1', '--decision-policy', policy])).toMatchObject({
      decision_policy: { threshold: '2', windows: { voting_period: '5400s' } },
    })
    expect(request(['query', 'auth', 'address-bytes-to-string', '0x00ff'])).toEqual({ address_bytes: 'AP8=' })
    const allowance =
      '{"@type":"/cosmos.feegrant.v1beta1.BasicAllowance","expiration":"2030-01-01T00:00:00Z"}'
    expect(request(['tx', 'feegrant', 'grant', 'b', '--allowance', allowance])).toMatchObject({
      allowance: { expiration: '2030-01-01T00:00:00Z' },
    })
  })

  test('pages have short names, and a field that a flag hides has one of its own', () => {
    const page = ['--limit', '5', '--reverse', '--count-total', '--page-key', 'AAE=']
    expect(request(['query', 'bank', 'balances', 'a', ...page])).toMatchObject({
      pagination: { key: 'AAE=', offset: '0', limit: '5', count_total: true, reverse: true },
    })
    const found = method('query', 'bank', 'balance')
    const hiding = [...FLAGS, { name: 'denom', value: 'X', help: '' }]
    const words = readWords(found, hiding, ['a', '--denom', 'mine', '--msg.denom', 'theirs'])
    expect(words.flags.get('denom')).toBe('mine')
    expect(words.fields.map(({ text }) => text)).toEqual(['theirs'])
  })
})

describe('errors name what was wrong', () => {
  const cases: [string[], string][] = [
    [
      ['tx', 'bank', 'send', 'a', 'b'],
      'amount is missing: coins such as 10utend. Usage: send [FROM_ADDRESS]',
    ],
    [['tx', 'bank', 'send', 'a', 'b', '10'], 'amount is "10": it must be coins such as 10utend'],
    [
      ['tx', 'bank', 'send', 'a', 'b', '1x', '--amuont', '2x'],
      'there is no flag --amuont (did you mean "amount"?)',
    ],
    [['tx', 'staking', 'delegate', 'a', 'v', '1utend', 'more'], 'there is no place for "more"'],
    [['tx', 'staking', 'delegate', 'v', '1utend,2foo'], 'it must be one coin, such as 10utend'],
    [['tx', 'gov', 'vote', 'one', 'yes'], 'proposal_id is "one": it must be a whole number'],
    [['tx', 'gov', 'vote', '1', 'maybe'], 'it must be one of yes, abstain, no, no-with-veto'],
    [
      ['tx', 'bank', 'multi-send', '--inputs', '{"adress":"a"}'],
      'MsgMultiSend: inputs[0].adress: unknown field',
    ],
    [['tx', 'bank', 'multi-send', '--inputs', '{"a'], '--inputs is no JSON (unexpected EOF)'],
    [['tx', 'bank', 'multi-send', '--inputs'], '--inputs needs a value'],
    [['tx', 'bank', 'multi-send', '--inputs.x', 'y'], 'inputs has no field "x"'],
    [['tx', 'bank', 'send', '@/nowhere.json'], 'the message @/nowhere.json: ENOENT'],
    [['tx', 'bank', 'send', 'a', 'b', '1x', '--json=no'], '--json is a switch'],
    [['tx', 'bank', 'send', 'a', 'b', '1x', '--memo', 'x', '--memo', 'y'], '--memo is given twice'],
    [['tx', 'bank', 'sned'], 'has no method "sned" (did you mean "send"?)'],
    [['query', 'auth', 'address-bytes-to-string', 'x'], 'it must be base64, 0x… or @FILE'],
    [
      ['tx', 'staking', 'edit-validator', '--commission-rate', '5%'],
      'MsgEditValidator: commission_rate: expected a decimal',
    ],
  ]
  test.each(cases)('%j', (line, text) => {
    expect(() => request(line, ['a'])).toThrow(text)
  })
})

describe('names', () => {
  test('are the methods in kebab case; those of the Go command line are understood', () => {
    expect(
      ['MultiSend', 'NFTsByOwner', 'AccountAddressByID', 'IBCSoftwareUpgrade', 'NFT'].map(kebab),
    ).toEqual([...['multi-send', 'nfts-by-owner', 'account-address-by-id', 'ibc-software-upgrade', 'nft']])
    expect(method('tx', 'staking', 'unbond').name).toBe('Undelegate')
    expect(method('query', 'bank', 'balances').name).toBe('AllBalances')
    expect(method('query', 'group', 'vote').name).toBe('VoteByProposalVoter')
    expect(method('query', 'bank', 'all_balances').name).toBe('AllBalances')
  })

  test('the newer of two versions has the short name', () => {
    const modules = modulesOf('tx', catalog.services)
    expect(modules.get('gov')?.service.typeName).toBe('cosmos.gov.v1.Msg')
    expect(modules.get('gov-v1beta1')?.service.typeName).toBe('cosmos.gov.v1beta1.Msg')
  })
})

describe('help', () => {
  const pages = (kind: Kind) => {
    const modules = modulesOf(kind, catalog.services)
    const methods = [...modules.values()].flatMap(({ name, service }) =>
      service.methods.map((each) => methodHelp(kind, name, each, FLAGS)),
    )
    return [
      modulesHelp(kind, modules, FLAGS),
      ...[...modules.values()].map((m) => moduleHelp(kind, m)),
      ...methods,
    ]
  }

  test('lists every module and method, and every field of each', () => {
    const [all, ...rest] = pages('tx')
    expect(all).toContain('  bank          send, multi-send,')
    expect(rest.join('\n')).toContain('  send              [FROM_ADDRESS] TO_ADDRESS AMOUNT…')
    const page = methodHelp('tx', 'bank', method('tx', 'bank', 'send'), FLAGS)
    expect(page).toContain('tendril tx bank send 0 1 10utend\n')
    expect(page).toContain('--from-address  address, or index of a development account (the signer')
    for (const service of catalog.services)
      for (const each of service.methods)
        for (const field of each.input.fields)
          expect(methodHelp('query', 'm', each, FLAGS)).toContain(field.name.replaceAll('_', '-'))
  })
})

test('YAML for people quotes what would be read as something else', () => {
  const value = {
    a: '10',
    b: ['x', { c: '', d: [] }],
    e: null,
    f: 'a: b',
    g: { h: true, i: 'two\nlines' },
    j: 'plain',
  }
  expect(yamlText(value)).toBe(
    'a: "10"\nb:\n- x\n- c: ""\n  d: []\ne: null\nf: "a: b"\ng:\n  h: true\n  i: "two\\nlines"\nj: plain\n',
  )
})
