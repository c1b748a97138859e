import { expect, test } from '@jest/globals'
import { fromBase64, toBase64 } from '../../chain/base64.ts'

test('base64 agrees with the host for every length and byte', () => {
  const long = [3070, 3071, 3072, 3073, 6144, 10_000]
  for (const length of [...Array(70).keys(), ...long]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + length * 7) & 255)
    const text = Buffer.from(bytes).toString('base64')
    expect(toBase64(bytes)).toBe(text)
    expect(fromBase64(text)).toEqual(bytes)
  }
})

test('only padded base64 of the alphabet that is asked for is read', () => {
  expect(fromBase64('-_8=')).toBeUndefined()
  expect(fromBase64('-_8=', 'url')).toEqual(new Uint8Array([251, 255]))
  expect(fromBase64('+/8=', 'url')).toBeUndefined()
  expect(fromBase64('AA\r\n==')).toEqual(new Uint8Array([0]))
  for (const text of ['A', 'AA', 'AAA', 'A===', 'AA=A', 'A A=', 'ä==='])
    expect(fromBase64(text)).toBeUndefined()
})
