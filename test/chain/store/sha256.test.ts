// Our SHA-256 is that of FIPS 180-4, for any length, one by one and in lanes, and its WebAssembly is what the
// tools assemble.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { LANE_BLOCKS, paddedBlocks, sha256, sha256Lanes } from '../../../chain/store/sha256.ts'
import { INITIAL_STATE, ROUND_CONSTANTS, sha256Wat } from '../../../tools/sha256-wat.ts'
import { asSource, assemble } from '../../../tools/wasm.ts'
import { randomFrom } from '../../random.ts'

const node = (message: Uint8Array) => createHash('sha256').update(message).digest('hex')
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const random = randomFrom('sha256')
const bytes = random.bytes(400_000)

test('single messages of every length up to 600 bytes', () => {
  const lengths = Array.from({ length: 600 }, (_, i) => i)
  expect(
    lengths.filter((n) => hex(sha256(bytes.subarray(n, 2 * n))) !== node(bytes.subarray(n, 2 * n))),
  ).toEqual([])
})

test('long messages around the size of the buffer', () => {
  const lengths = [60_031, 60_032, 60_033, 65_535, 65_536, 120_063, 120_064, 120_065, 400_000]
  expect(lengths.filter((n) => hex(sha256(bytes.subarray(0, n))) !== node(bytes.subarray(0, n)))).toEqual([])
})

test('batches of every length and many sizes', () => {
  const wrong: string[] = []
  for (let length = 0; paddedBlocks(length) <= LANE_BLOCKS; length++) {
    const blocks = paddedBlocks(length)
    const count = 1 + random.below(length % 50 === 0 ? sha256Lanes.capacity(blocks) : 9)
    const message = (i: number) => bytes.subarray(i * 7, i * 7 + length)
    for (let i = 0; i < count; i++) {
      const start = sha256Lanes.start(i, blocks)
      sha256Lanes.bytes.set(message(i), start)
      sha256Lanes.pad(start, start + length, blocks)
    }
    sha256Lanes.run(count, blocks)
    for (let i = 0; i < count; i++) {
      const at = sha256Lanes.digestAt(i)
      if (hex(sha256Lanes.bytes.subarray(at, at + 32)) !== node(message(i))) wrong.push(`${length}/${i}`)
    }
  }
  expect(wrong).toEqual([])
})

test('the constants are those of the standard', () => {
  const text = (words: number[]) => words.map((word) => word.toString(16)).join(' ')
  expect(text(INITIAL_STATE)).toBe('6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19')
  expect(text(ROUND_CONSTANTS.slice(0, 4))).toBe('428a2f98 71374491 b5c0fbcf e9b5dba5')
  expect(text(ROUND_CONSTANTS.slice(60))).toBe('90befffa a4506ceb bef9a3f7 c67178f2')
})

test('the module in the source is what the assembler makes', async () => {
  const source = readFileSync(join(process.cwd(), 'chain/store/sha256.wasm.ts'), 'utf8')
  expect(asSource(await assemble('sha256.wat', sha256Wat()), 'tools/sha256-wat.ts')).toBe(source)
})
