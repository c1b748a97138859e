// Genesis files of both shapes, parameters and keys, and what is said about broken ones.
import { readFileSync } from 'node:fs'
import { fromUtf8, toHex } from '../../../chain/bytes.ts'
import { appGenesisJson, genesisHash, genesisJson, parseGenesis } from '../../../chain/consensus/genesis.ts'
import {
  checkParams,
  checkParamsUpdate,
  defaultConsensusParams,
  paramsJson,
  updateParams,
} from '../../../chain/consensus/params.ts'
import { formatTimeNs } from '../../../chain/consensus/time.ts'
import {
  keyAddress,
  keyJson,
  parseKeyJson,
  publicKeyOf,
  validatorOf,
} from '../../../chain/consensus/validator.ts'
import { parsePrivValidatorKey, simulatedSeed } from '../../../chain/consensus/validator-keys.ts'
import { ed25519Signer } from '../../../devnet/keys.ts'
import { addressOf, genesisOf, openChain, signers } from './devchain.ts'

/**
 * Of the recorded chain: `export` of the SDK, and the answer of `/genesis`, each without most of its
 * application state.
 */
const PARAMS = {
  block: { max_bytes: '22020096', max_gas: '-1' },
  evidence: { max_age_num_blocks: '100000', max_age_duration: '172800000000000', max_bytes: '1048576' },
  validator: { pub_key_types: ['ed25519'] },
  version: { app: '0' },
  abci: { vote_extensions_enable_height: '0' },
}
const VALIDATOR = {
  address: 'A7BBCF4FBAC75626042A69EA246C61A3C6BF91F6',
  pub_key: { type: 'tendermint/PubKeyEd25519', value: 'NXLlbYJD0zKy7Rh6ZHycb5VrNO1BVFGUBtitEbgYMjc=' },
  power: '503',
  name: 'node-zero',
}
const EXPORTED = {
  app_name: 'wasmd',
  app_version: '0.61.14',
  genesis_time: '2026-11-23T00:20:48.730698004Z',
  chain_id: 'corpus-1',
  initial_height: 493,
  app_hash: null,
  app_state: { auth: { accounts: [] } },
  consensus: { validators: [VALIDATOR], params: PARAMS },
}
const SERVED = {
  genesis_time: '2026-11-23T00:20:48.730698004Z',
  chain_id: 'corpus-1',
  initial_height: '1',
  consensus_params: PARAMS,
  app_hash: '',
  app_state: { '07-tendermint': null },
}
const parse = (json: object, defaultTimeNs?: bigint) => parseGenesis(JSON.stringify(json), defaultTimeNs)

test('an export of the SDK is read whole and written again', () => {
  const doc = parse(EXPORTED)
  expect(doc).toMatchObject({ chainId: 'corpus-1', initialHeight: 493, appState: EXPORTED.app_state })
  expect(formatTimeNs(doc.timeNs)).toBe('2026-11-23T00:20:48.730698004Z')
  expect(doc.validators[0]).toMatchObject({ power: 503n, name: 'node-zero' })
  expect(toHex(doc.validators[0]!.address).toUpperCase()).toBe(VALIDATOR.address)
  expect(appGenesisJson(doc, 'wasmd', '0.61.14')).toEqual(EXPORTED)
  expect(genesisJson(doc)).toEqual({
    ...{ genesis_time: EXPORTED.genesis_time, chain_id: 'corpus-1', initial_height: '493' },
    ...{ consensus_params: PARAMS, validators: [VALIDATOR], app_hash: '', app_state: EXPORTED.app_state },
  })
})

test('what CometBFT serves is read and served again, with its fields in its order', () => {
  const json = genesisJson(parse(SERVED))
  expect(JSON.stringify(json)).toBe(JSON.stringify(SERVED))
  const full = { ...SERVED, validators: [VALIDATOR], app_hash: 'ABCD' }
  expect(genesisJson(parse(full))).toEqual(full)
})

test('what is missing gets the defaults of CometBFT', () => {
  const doc = parse({ chain_id: 'a' }, 5n)
  expect(doc).toEqual({
    ...{ timeNs: 5n, chainId: 'a', initialHeight: 1, validators: [], appState: {} },
    ...{ consensusParams: defaultConsensusParams(), appHash: new Uint8Array(0) },
  })
  expect(paramsJson(doc.consensusParams)).toEqual(PARAMS)
  expect(
    parse({ chain_id: 'a', genesis_time: '0001-01-01T00:00:00Z', initial_height: '0' }, 7n),
  ).toMatchObject({
    ...{ timeNs: 7n, initialHeight: 1 },
  })
})

test('an application hash is hexadecimal in one shape and base64 in the other', () => {
  expect(parse({ ...SERVED, app_hash: 'ABCD' }).appHash).toEqual(Uint8Array.of(0xab, 0xcd))
  expect(parse({ ...EXPORTED, app_hash: 'q80=' }).appHash).toEqual(Uint8Array.of(0xab, 0xcd))
})

test.each<[string, object, string]>([
  ['no chain id', { ...SERVED, chain_id: '' }, 'genesis doc must include non-empty chain_id'],
  ['a chain id that is no text', { ...SERVED, chain_id: 7 }, 'chain_id must be a text, not 7'],
  [
    'a long chain id',
    { ...SERVED, chain_id: 'x'.repeat(51) },
    'chain_id in genesis doc is too long (max: 50)',
  ],
  ['no time', { chain_id: 'a' }, 'genesis_time is missing'],
  ['a false time', { ...SERVED, genesis_time: 'yesterday' }, 'genesis_time must be RFC 3339'],
  ['a negative height', { ...SERVED, initial_height: '-1' }, 'initial_height cannot be negative (got -1)'],
  [
    'a false height',
    { ...SERVED, initial_height: 'x' },
    'genesis.initial_height must be a whole number of 64 bits, not "x"',
  ],
  [
    'a broken height',
    { ...SERVED, initial_height: 1.5 },
    'genesis.initial_height must be a whole number of 64 bits, not 1.5',
  ],
  [
    'a height object',
    { ...SERVED, initial_height: {} },
    'genesis.initial_height must be a whole number of 64 bits, not {}',
  ],
  [
    'a huge height',
    { ...SERVED, initial_height: '9007199254740993' },
    'heights above 2^53 - 1 are not supported',
  ],
  [
    'parameters of another kind',
    { ...SERVED, consensus_params: 3 },
    'genesis.consensus_params must be an object, not 3',
  ],
  [
    'a parameter group of another kind',
    { ...SERVED, consensus_params: { ...PARAMS, block: [] } },
    'genesis.consensus_params.block must be an object, not []',
  ],
  [
    'a missing parameter',
    { ...SERVED, consensus_params: { ...PARAMS, block: {} } },
    'genesis.consensus_params: block.MaxBytes cannot be 0',
  ],
  [
    'a false parameter',
    { ...SERVED, consensus_params: { ...PARAMS, block: { max_gas: '12a' } } },
    'genesis.consensus_params.block.max_gas must be a whole number',
  ],
  [
    'false key types',
    { ...SERVED, consensus_params: { ...PARAMS, validator: { pub_key_types: [1] } } },
    'genesis.consensus_params.validator.pub_key_types must be a list of texts, not [1]',
  ],
  [
    'an SDK parameter',
    { ...EXPORTED, consensus: { params: { ...PARAMS, evidence: {} } } },
    'consensus.params: evidence.MaxAgeNumBlocks must be greater than 0',
  ],
  ['validators of another kind', { ...SERVED, validators: {} }, 'genesis.validators must be a list'],
  [
    'a validator of another kind',
    { ...SERVED, validators: [null] },
    'genesis.validators[0] must be an object',
  ],
  [
    'a validator without power',
    { ...SERVED, validators: [{ ...VALIDATOR, power: '0' }] },
    'genesis.validators[0].power is 0',
  ],
  [
    'negative power',
    { ...SERVED, validators: [VALIDATOR, { ...VALIDATOR, power: '-5' }] },
    'genesis.validators[1].power is -5: it must be between 1 and',
  ],
  [
    'a false address',
    { ...EXPORTED, consensus: { validators: [{ ...VALIDATOR, address: 'AB' }] } },
    `consensus.validators[0].address is "AB", should be ${VALIDATOR.address}`,
  ],
  [
    'an unknown key type',
    { ...SERVED, validators: [{ ...VALIDATOR, pub_key: { type: 'x' } }] },
    'genesis.validators[0].pub_key.type is "x"',
  ],
  [
    'a short key',
    { ...SERVED, validators: [{ ...VALIDATOR, pub_key: { ...VALIDATOR.pub_key, value: 'AAAA' } }] },
    'genesis.validators[0].pub_key.value must be the base64 of 32 bytes',
  ],
  ['a false application hash', { ...SERVED, app_hash: 'xy' }, 'app_hash must be hexadecimal, not "xy"'],
  ['an application hash that is no text', { ...SERVED, app_hash: 1 }, 'app_hash must be a text, not 1'],
])('%s is refused by name', (_, json, message) => {
  expect(() => parse(json)).toThrow(message)
})

test('text that is no JSON object is refused', () => {
  expect(() => parseGenesis('{')).toThrow('the genesis is not JSON: ')
  expect(() => parseGenesis('[]')).toThrow('the genesis must be a JSON object')
  expect(() => parseGenesis('null')).toThrow('the genesis must be a JSON object')
})

test('the application gets the state as it stands in the genesis', () => {
  const { app } = openChain()
  expect(JSON.parse(fromUtf8(app.initialized[0]!.appStateBytes))).toEqual({ kv: {} })
  expect(app.initialized[0]!.consensusParams).toEqual(defaultConsensusParams())
})

test('two genesis documents differ in hash if they differ in anything', () => {
  const hashes = [
    genesisOf(),
    genesisOf({ timeNs: 1n }),
    genesisOf({ appState: { kv: { a: 1 } } }),
    genesisOf({}, [1]),
  ]
  expect(new Set(hashes.map((doc) => toHex(genesisHash(doc)))).size).toBe(4)
  expect(genesisHash(genesisOf())).toEqual(genesisHash(genesisOf()))
})

describe('parameters', () => {
  const params = defaultConsensusParams()
  const withEnable = (height: bigint) => ({
    ...params,
    abci: { ...params.abci!, voteExtensionsEnableHeight: height },
  })
  test('an update replaces whole groups and leaves the others', () => {
    const update = { $typeName: params.$typeName, block: { ...params.block!, maxGas: 5n } }
    const next = updateParams(params, update)
    expect(next).toEqual({ ...params, block: { ...params.block!, maxGas: 5n } })
    expect(params.block!.maxGas).toBe(-1n)
    expect(updateParams(params, undefined)).toBe(params)
  })
  test.each<[string, bigint, bigint, bigint, string | undefined]>([
    ['stays off', 0n, 0n, 10n, undefined],
    ['stays on', 5n, 5n, 10n, undefined],
    ['is announced', 0n, 11n, 10n, undefined],
    ['is put off', 12n, 15n, 10n, undefined],
    ['is called off', 12n, 0n, 10n, undefined],
    ['is switched off', 9n, 0n, 10n, 'vote extensions cannot be disabled once enabled'],
    ['begins in the past', 0n, 10n, 10n, 'vote extensions cannot be updated to a past or current height'],
    ['is moved while on', 9n, 12n, 10n, 'vote extensions cannot be modified once enabled'],
    ['is negative', 0n, -1n, 10n, 'VoteExtensionsEnableHeight must be positive'],
  ])('the height of vote extensions %s', (_, current, wanted, height, message) => {
    const check = () => checkParamsUpdate(withEnable(current), withEnable(wanted), height)
    if (message === undefined) expect(check).not.toThrow()
    else expect(check).toThrow(message)
  })
  const group = <T extends 'block' | 'evidence' | 'validator' | 'abci'>(name: T, change: object) => ({
    ...params,
    [name]: { ...params[name]!, ...change },
  })
  test.each<[object, string]>([
    [group('block', { maxBytes: -2n }), 'block.MaxBytes must be -1 or greater than 0. Got -2'],
    [group('block', { maxBytes: 104857601n }), 'block.MaxBytes is too big. 104857601 > 104857600'],
    [group('block', { maxGas: -2n }), 'block.MaxGas must be greater or equal to -1. Got -2'],
    [group('evidence', { maxBytes: -1n }), 'evidence.MaxBytes must be non negative. Got: -1'],
    [
      group('evidence', { maxBytes: 22020097n }),
      'evidence.MaxBytesEvidence is greater than upper bound, 22020097 > 22020096',
    ],
    [group('evidence', { maxAgeDuration: undefined }), 'evidence.MaxAgeDuration must be greater than 0'],
    [group('validator', { pubKeyTypes: [] }), 'len(Validator.PubKeyTypes) must be greater than 0'],
    [
      group('validator', { pubKeyTypes: ['rsa'] }),
      'params.Validator.PubKeyTypes[0], rsa, is an unknown pubkey type',
    ],
    [
      group('abci', { voteExtensionsEnableHeight: -1n }),
      'ABCI.VoteExtensionsEnableHeight cannot be negative. Got: -1',
    ],
  ])('refused: %#', (wrong, message) => {
    expect(() => checkParams(wrong as typeof params)).toThrow(message)
  })
  test('blocks and evidence of any size are fine where no limit is set', () => {
    expect(() => checkParams(group('block', { maxBytes: -1n }))).not.toThrow()
  })
})

describe('keys of validators', () => {
  const file = readFileSync(`${__dirname}/../../vectors/consensus/priv_validator_key.json`, 'utf8')
  test('a priv_validator_key.json gives the key of its address', () => {
    const { seed, publicKey } = parsePrivValidatorKey(file)
    const signer = ed25519Signer(seed)
    expect(signer.publicKey).toEqual(publicKey)
    expect(toHex(addressOf(signer)).toUpperCase()).toBe(JSON.parse(file).address)
  })
  test.each([
    ['{', 'the validator key is not JSON: '],
    ['null', 'priv_key.type is undefined: only tendermint/PrivKeyEd25519 can sign blocks here'],
    ['{"priv_key":{"type":"tendermint/PrivKeySecp256k1"}}', 'priv_key.type is "tendermint/PrivKeySecp256k1"'],
    [
      '{"priv_key":{"type":"tendermint/PrivKeyEd25519","value":"AAAA"}}',
      'priv_key.value must be the base64 of 64 bytes',
    ],
  ])('%s is refused', (text, message) => {
    expect(() => parsePrivValidatorKey(text)).toThrow(message)
  })
  test('simulated keys follow from seed, chain and number', () => {
    const seeds = [
      simulatedSeed('a', 'c-1', 0),
      simulatedSeed('a', 'c-1', 1),
      simulatedSeed('a', 'c-2', 0),
      simulatedSeed('b', 'c-1', 0),
      simulatedSeed('a/c', '1', 0),
    ].map(toHex)
    expect(new Set(seeds).size).toBe(5)
    expect(seeds[0]).toBe('70394b4cecfbe74a01894c1de593ebdbb5f46933ab0c848072c3ecf03b2ba533')
  })
  test('JSON and protobuf forms of a key name the same key', () => {
    const key = { type: 'ed25519' as const, bytes: signers[0]!.publicKey }
    expect(parseKeyJson(keyJson(key), 'key')).toEqual(key)
    expect(publicKeyOf(validatorOf(key, 1n))).toEqual(key)
    expect(() => publicKeyOf({ ...validatorOf(key, 1n), pubKey: undefined })).toThrow(
      'does not have a known type',
    )
    const secp = { type: 'secp256k1' as const, bytes: new Uint8Array(33).fill(2) }
    expect(parseKeyJson(keyJson(secp), 'key')).toEqual(secp)
    expect(keyAddress(secp)).toHaveLength(20)
  })
})
