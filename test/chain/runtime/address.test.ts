// Addresses as the Go stack writes, reads and derives them.
import { describe, expect, test } from '@jest/globals'
import { fromHex, toHex, utf8 } from '../../../chain/bytes.ts'
import { addressCodec, deriveAddress, moduleAddress, publicKey } from '../../../chain/module.ts'
import { goVectors } from './go.ts'

const codec = addressCodec('wasm')

test.each(goVectors.addresses)('the text "$text" reads as in Go', ({ text, bytes, error }) => {
  if (error !== undefined) expect(() => codec.bytes(text)).toThrow(new Error(error))
  else expect(toHex(codec.bytes(text))).toBe(bytes)
})

test('what was read is written the same', () => {
  for (const { text, bytes } of goVectors.addresses)
    if (bytes !== undefined) expect(codec.text(fromHex(bytes))).toBe(text.toLowerCase())
})

test('a caller names the error of a text that is no address', () => {
  expect(() => codec.bytes('x', (why) => new RangeError(`sender: ${why}`))).toThrow(
    new RangeError('sender: decoding bech32 failed: invalid bech32 string length 1'),
  )
})

test('validators and their keys have prefixes of their own', () => {
  const address = new Uint8Array(20).fill(7)
  expect(codec.validator.text(address)).toMatch(/^wasmvaloper1/)
  expect(codec.consensus.text(address)).toMatch(/^wasmvalcons1/)
  expect(() => codec.bytes(codec.validator.text(address))).toThrow(/expected 'wasm' got 'wasmvaloper'/)
})

test('more addresses than a codec remembers are still right', () => {
  const small = addressCodec('x')
  const of = (n: number) => new Uint8Array([n >> 16, n >> 8, n, 1])
  const texts = Array.from({ length: 50_000 }, (_, n) => small.text(of(n)))
  for (let n = 0; n < 50_000; n += 997) expect(small.bytes(texts[n]!)).toEqual(of(n))
})

describe('derived addresses', () => {
  test('of modules, with and without keys', () => {
    const { gov, one, two, derived } = goVectors.modules
    expect(toHex(moduleAddress('gov'))).toBe(gov)
    expect(toHex(moduleAddress('wasm', new Uint8Array([1, 2, 3])))).toBe(one)
    expect(toHex(moduleAddress('wasm', new Uint8Array([1, 2, 3]), new Uint8Array([4])))).toBe(two)
    expect(toHex(deriveAddress(moduleAddress('gov'), utf8('x')))).toBe(derived)
  })

  test.each(goVectors.keys)('of a public key $typeUrl', ({ typeUrl, value, address }) => {
    const key = publicKey({ $typeName: 'google.protobuf.Any', typeUrl, value: fromHex(value) })
    expect(toHex(key.address())).toBe(address)
  })
})
