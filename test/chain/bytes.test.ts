// Bytes as text: one character a byte for keys, UTF-8 for what people read.
import { expect, test } from '@jest/globals'
import { byteString, compareBytes, fromRawUtf8, textBetween, utf8 } from '../../chain/bytes.ts'
import { randomFrom } from '../random.ts'

const random = randomFrom('bytes')
const samples = [0, 1, 2, 27, 33, 127, 128, 129, 5000, 9000].map((length) => random.bytes(length))

test('a byte string has one character a byte, whatever its length', () => {
  for (const bytes of samples) {
    const text = byteString(bytes)
    expect(Buffer.from(text, 'latin1').equals(bytes)).toBe(true)
    expect(text).toHaveLength(bytes.length)
  }
  expect(byteString(utf8('abcdef'), 2, 4)).toBe('cd')
})

test('byte strings are ordered as their bytes', () => {
  const keys = Array.from({ length: 200 }, () => random.bytes(random.below(4)))
  for (const a of keys)
    for (const b of keys) {
      const [x, y] = [byteString(a), byteString(b)]
      expect(x < y ? -1 : x > y ? 1 : 0).toBe(Math.sign(compareBytes(a, b)))
    }
})

test('a part is read as UTF-8, short or long, ASCII or not', () => {
  for (const text of ['', 'stake', 'café', '漢字', 'x'.repeat(127), 'é'.repeat(200)]) {
    const bytes = utf8(`<${text}>`)
    expect(textBetween(bytes, 1, bytes.length - 1)).toBe(text)
  }
})

test('raw bytes in a text become U+FFFD one by one', () => {
  expect(fromRawUtf8(new Uint8Array([0x61, 0xff, 0xe6, 0xbc, 0x62, 0xc3, 0xa9]))).toBe(
    'a\ufffd\ufffd\ufffdbé',
  )
})
