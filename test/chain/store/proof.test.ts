// ICS-23: our proofs are those of Go, they verify, and nothing else does.
import { clone, create, equals, toBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { fromHex, toHex, utf8 } from '../../../chain/bytes.ts'
import { appHashOf, proveStore } from '../../../chain/store/commit-info.ts'
import { openMultiStore } from '../../../chain/store/multistore.ts'
import {
  decodeProof,
  IavlSpec,
  TendermintSpec,
  verifyMembership,
  verifyNonMembership,
} from '../../../chain/store/proof.ts'
import {
  BatchProofSchema,
  type CommitmentProof,
  CommitmentProofSchema,
  CompressedBatchProofSchema,
  type ExistenceProof,
  HashOp,
  type InnerOp,
} from '../../../proto/gen/cosmos/ics23/v1/proofs_pb.ts'
import { randomFrom } from '../../random.ts'
import { vectorJson } from '../../vectors.ts'

type Op = { type: string; key: string; data: string }
type Recorded = { store: string; key: string; value: string; nil: boolean; ops: [Op, Op] }
type Commit = { commit_hash: string; version: number; stores: { name: string; hash: string }[] }

const vectors = vectorJson<{ proofs: Recorded[]; rootmulti: Commit[]; empty_store_absence: string }>(
  'hashing/state.json',
)
const commit = vectors.rootmulti.at(-1)!
const appHash = fromHex(commit.commit_hash)
const rootOf = (store: string) => fromHex(commit.stores.find(({ name }) => name === store)!.hash)

describe('proofs of Go', () => {
  test.each(vectors.proofs)('$store/$key', ({ store, key, value, nil, ops }) => {
    const [iavl, simple] = ops.map(({ data }) => decodeProof(fromHex(data)))
    const [root, keyBytes] = [rootOf(store), fromHex(key)]
    const verified = nil
      ? verifyNonMembership(IavlSpec, root, iavl!, keyBytes)
      : verifyMembership(IavlSpec, root, iavl!, keyBytes, fromHex(value))
    expect(verified).toBe(true)
    expect(verifyMembership(TendermintSpec, appHash, simple!, utf8(store), root)).toBe(true)
    const stores = commit.stores.map(({ name, hash }) => ({ name, root: fromHex(hash) }))
    expect(toHex(toBinary(CommitmentProofSchema, proveStore(stores, store)))).toBe(ops[1].data)
  })

  test('an empty store proves nothing, in the bytes of Go', () => {
    const stores = openMultiStore({ stores: ['s'] })
    stores.commit()
    const [proof] = stores.prove('s', utf8('k'), 1)!
    expect(vectors.empty_store_absence).toContain(toHex(proof!))
    expect(verifyNonMembership(IavlSpec, rootOf('empty'), decodeProof(proof!), utf8('k'))).toBe(false)
  })
})

const filled = (count: number, seed: string) => {
  const random = randomFrom(seed)
  const stores = openMultiStore({ stores: ['s', 't'] })
  const keys = Array.from({ length: count }, () => random.bytes(1 + random.below(6)))
  for (const key of keys) stores.store('s').set(key, random.bytes(1 + random.below(40)))
  stores.commit()
  const root = stores.commitInfo(1)!.storeInfos[0]!.commitId!.hash
  return { random, stores, root, entries: [...stores.store('s').iterate()] }
}

test.each([1, 2, 3, 10, 300])('every key of %d is proven, and every gap', (count) => {
  const { stores, root, entries } = filled(count, `count ${count}`)
  for (const [key, value] of entries) {
    const [proof] = stores.prove('s', key, 1)!.map(decodeProof)
    expect(verifyMembership(IavlSpec, root, proof!, key, value)).toBe(true)
    expect(verifyMembership(IavlSpec, root, proof!, key, Uint8Array.of(...value, 1))).toBe(false)
    expect(verifyMembership(TendermintSpec, root, proof!, key, value)).toBe(count === 1)
    const gap = Uint8Array.of(...key, 0)
    if (stores.store('s').has(gap)) continue
    const [none] = stores.prove('s', gap, 1)!.map(decodeProof)
    expect(verifyNonMembership(IavlSpec, root, none!, gap)).toBe(true)
    expect(verifyNonMembership(IavlSpec, root, none!, key)).toBe(false)
  }
  const [first] = stores.prove('s', Uint8Array.of(0), 1)!.map(decodeProof)
  expect(
    stores.store('s').has(Uint8Array.of(0)) || verifyNonMembership(IavlSpec, root, first!, Uint8Array.of(0)),
  ).toBe(true)
})

test('no proof with a byte changed proves anything else', () => {
  const { random, stores, root, entries } = filled(100, 'mutations')
  let refused = 0
  for (let i = 0; i < 2000; i++) {
    const [key, value] = random.pick(entries)
    const gap = Uint8Array.of(...key, 0)
    const isAbsence = i % 2 === 1 && !stores.store('s').has(gap)
    const bytes = stores.prove('s', isAbsence ? gap : key, 1)![0]!
    const original = decodeProof(bytes.slice())
    bytes[random.below(bytes.length)]! ^= 1 << random.below(8)
    let proof: CommitmentProof
    try {
      proof = decodeProof(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(Error)
      refused++
      continue
    }
    // The key of an absence proof itself is not looked at, in Go neither: those of its neighbours count.
    const isSame =
      equals(CommitmentProofSchema, proof, original) ||
      (isAbsence && proof.proof.case === 'nonexist' && sameNeighbours(proof, original))
    if (isSame) continue
    const verified = isAbsence
      ? verifyNonMembership(IavlSpec, root, proof, gap)
      : verifyMembership(IavlSpec, root, proof, key, value)
    expect(verified).toBe(false)
    refused++
  }
  expect(refused).toBeGreaterThan(1800)
})

const sameNeighbours = (a: CommitmentProof, b: CommitmentProof): boolean => {
  const copy = clone(CommitmentProofSchema, a)
  if (copy.proof.case !== 'nonexist' || b.proof.case !== 'nonexist') return false
  copy.proof.value.key = b.proof.value.key
  return equals(CommitmentProofSchema, copy, b)
}

describe('limits of the verifier', () => {
  const { stores, root, entries } = filled(40, 'limits')
  const [key, value] = entries[20]!
  const prove = (): ExistenceProof => {
    const { proof } = decodeProof(stores.prove('s', key, 1)![0]!)
    if (proof.case !== 'exist') throw new Error('expected a proof of existence')
    return proof.value
  }
  const verify = (change: (proof: ExistenceProof) => void) => {
    const exist = prove()
    change(exist)
    const proof = create(CommitmentProofSchema, { proof: { case: 'exist', value: exist } })
    return verifyMembership(IavlSpec, root, proof, exist.key, exist.value)
  }
  const first = (proof: ExistenceProof): InnerOp => proof.path[0]!

  test('an unchanged proof holds', () => expect(verify(() => undefined)).toBe(true))

  test.each<[string, (proof: ExistenceProof) => void]>([
    [
      'no leaf',
      (proof) => {
        proof.leaf = undefined
      },
    ],
    [
      'an empty key',
      (proof) => {
        proof.key = new Uint8Array(0)
      },
    ],
    [
      'an empty value',
      (proof) => {
        proof.value = new Uint8Array(0)
      },
    ],
    [
      'another hash of the leaf',
      (proof) => {
        proof.leaf!.hash = HashOp.SHA512
      },
    ],
    [
      'a leaf of another height',
      (proof) => {
        proof.leaf!.prefix = Uint8Array.of(2, ...proof.leaf!.prefix.slice(1))
      },
    ],
    [
      'bytes behind the numbers of the leaf',
      (proof) => {
        proof.leaf!.prefix = Uint8Array.of(...proof.leaf!.prefix, 0)
      },
    ],
    [
      'an inner node of height 0',
      (proof) => {
        first(proof).prefix = Uint8Array.of(0, ...first(proof).prefix.slice(1))
      },
    ],
    [
      'an inner node with a negative size',
      (proof) => {
        first(proof).prefix[1] = 1
      },
    ],
    [
      'a height below the layer',
      (proof) => {
        proof.path.at(-1)!.prefix[0] = 2
      },
    ],
    [
      'another hash of a node',
      (proof) => {
        first(proof).hash = HashOp.NO_HASH
      },
    ],
    [
      'a suffix that is no child',
      (proof) => {
        first(proof).suffix = new Uint8Array(32)
      },
    ],
    [
      'a longer prefix',
      (proof) => {
        first(proof).prefix = new Uint8Array(46).fill(2)
      },
    ],
    [
      'a path too long',
      (proof) => {
        proof.path = Array.from({ length: 129 }, () => first(proof))
      },
    ],
  ])('%s is refused', (_, change) => expect(verify(change)).toBe(false))

  test('batches and compressed batches are unpacked', () => {
    const exist = prove()
    const batch = create(CommitmentProofSchema, {
      proof: {
        case: 'batch',
        value: create(BatchProofSchema, { entries: [{ proof: { case: 'exist', value: exist } }] }),
      },
    })
    const packed = (path: number[]) =>
      create(CommitmentProofSchema, {
        proof: {
          case: 'compressed',
          value: create(CompressedBatchProofSchema, {
            lookupInners: exist.path,
            entries: [{ proof: { case: 'exist', value: { key, value, leaf: exist.leaf!, path } } }],
          }),
        },
      })
    expect(verifyMembership(IavlSpec, root, batch, key, value)).toBe(true)
    expect(verifyMembership(IavlSpec, root, batch, entries[0]![0], value)).toBe(false)
    expect(verifyMembership(IavlSpec, root, packed(exist.path.map((__, at) => at)), key, value)).toBe(true)
    expect(verifyMembership(IavlSpec, root, packed([99]), key, value)).toBe(false)
  })

  test('neighbours that are not next to each other prove no absence', () => {
    const proofOf = (at: number) => {
      const { proof } = decodeProof(stores.prove('s', entries[at]![0], 1)![0]!)
      return proof.case === 'exist' ? proof.value : undefined
    }
    const absence = (left: number | undefined, right: number | undefined) =>
      create(CommitmentProofSchema, {
        proof: {
          case: 'nonexist',
          value: {
            $typeName: 'cosmos.ics23.v1.NonExistenceProof',
            key,
            left: left === undefined ? undefined : proofOf(left),
            right: right === undefined ? undefined : proofOf(right),
          },
        },
      })
    const between = Uint8Array.of(...entries[20]![0], 0)
    const verifies = (left?: number, right?: number) =>
      verifyNonMembership(IavlSpec, root, absence(left, right), between)
    expect(verifies(20, 21)).toBe(true)
    expect(verifies(19, 21)).toBe(false)
    expect(verifies(20, 22)).toBe(false)
    expect(verifies(undefined, 21)).toBe(false)
    expect(verifies(20, undefined)).toBe(false)
    expect(verifies(21, 20)).toBe(false)
    expect(verifies()).toBe(false)
  })
})

test('stores are proven in trees of any size', () => {
  for (let count = 1; count < 20; count++) {
    const stores = Array.from({ length: count }, (_, i) => ({
      name: `store${String(i).padStart(2, '0')}`,
      root: new Uint8Array(32).fill(i),
    }))
    for (const { name, root } of stores)
      expect(
        verifyMembership(TendermintSpec, appHashOf(stores), proveStore(stores, name), utf8(name), root),
      ).toBe(true)
  }
})
