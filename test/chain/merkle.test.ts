// Merkle trees of RFC 6962: known roots, proofs of every item, and nothing else is proven.
import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { concatBytes, toHex } from '../../chain/bytes.ts'
import { ripemd160, sha256 } from '../../chain/hash.ts'
import { merkleProofs, merkleRoot, verifyMerkleProof } from '../../chain/merkle.ts'
import { randomFrom } from '../random.ts'

const sha = (...parts: Uint8Array[]) =>
  new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest())
const leaf = (item: Uint8Array) => sha(Uint8Array.of(0), item)
const inner = (left: Uint8Array, right: Uint8Array) => sha(Uint8Array.of(1), left, right)

test('roots by the definition', () => {
  const [a, b, c, d, e] = [1, 2, 3, 4, 5].map((n) => new Uint8Array(n).fill(n)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  expect(merkleRoot([])).toEqual(sha())
  expect(merkleRoot([a])).toEqual(leaf(a))
  expect(merkleRoot([a, b])).toEqual(inner(leaf(a), leaf(b)))
  expect(merkleRoot([a, b, c])).toEqual(inner(inner(leaf(a), leaf(b)), leaf(c)))
  expect(merkleRoot([a, b, c, d, e])).toEqual(
    inner(inner(inner(leaf(a), leaf(b)), inner(leaf(c), leaf(d))), leaf(e)),
  )
})

test('every item of trees of up to 40 items is proven, in its place only', () => {
  const random = randomFrom('merkle')
  for (let count = 0; count <= 40; count++) {
    const items = Array.from({ length: count }, () => random.bytes(random.below(50)))
    const { root, proofs } = merkleProofs(items)
    expect(root).toEqual(merkleRoot(items))
    proofs.forEach((proof, at) => {
      const item = items[at]!
      const verified = [
        verifyMerkleProof(root, proof, item),
        verifyMerkleProof(root, proof, concatBytes(item, Uint8Array.of(1))),
        verifyMerkleProof(root, { ...proof, index: at + 1 }, item),
        verifyMerkleProof(root, { ...proof, index: -1 }, item),
        verifyMerkleProof(root, { ...proof, total: 0 }, item),
        verifyMerkleProof(root, { ...proof, aunts: [...proof.aunts, root] }, item),
        verifyMerkleProof(root, { ...proof, aunts: proof.aunts.slice(1) }, item),
        verifyMerkleProof(sha(root), proof, item),
      ]
      const alone = count === 1
      expect(verified).toEqual([true, false, false, false, false, false, alone, false])
    })
  }
})

test('a proof may not have more than 100 aunts', () => {
  const item = Uint8Array.of(1)
  const aunts = Array.from({ length: 101 }, () => new Uint8Array(32))
  const proof = { total: 2 ** 52, index: 0, leafHash: leaf(item), aunts }
  expect(verifyMerkleProof(sha(), proof, item)).toBe(false)
})

test('hashes of the chain', () => {
  expect(toHex(sha256(new Uint8Array(0)))).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
  expect(toHex(ripemd160(new Uint8Array(0)))).toBe('9c1185a5c5e9fc54612808977ee8f548b2258d31')
})
