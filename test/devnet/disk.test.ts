import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { utf8 } from '../../chain/bytes.ts'
import { type DurableDisk, openLevelDisk, openMemoryDisk } from '../../devnet/disk.ts'

const key = (n: number) => utf8(`key ${n}`)
const value = (n: number) => utf8(`value ${n}`)

describe('a chain on LevelDB', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tendril-disk-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('a write is seen at once, and after a flush by the next process', async () => {
    const disk = await openLevelDisk(folder)
    disk.write([{ key: key(1), value: value(1) }])
    expect(disk.get(key(1))).toEqual(value(1))
    expect(disk.has(key(2))).toBe(false)
    await disk.flush()
    await disk.close()
    const again = await openLevelDisk(folder)
    expect(Buffer.from(again.get(key(1))!)).toEqual(Buffer.from(value(1)))
    await again.close()
  })

  test('what was not flushed is gone with the process', async () => {
    const disk = await openLevelDisk(folder)
    disk.write([{ key: key(1), value: value(1) }])
    await disk.flush()
    disk.write([
      { key: key(1), value: undefined },
      { key: key(2), value: value(2) },
    ])
    await disk.close()
    const again = await openLevelDisk(folder)
    expect(again.has(key(1))).toBe(true)
    expect(again.has(key(2))).toBe(false)
    await again.close()
  })

  test('writes made while a flush runs are seen, and belong to the next flush', async () => {
    const disk = await openLevelDisk(folder)
    disk.write([{ key: key(1), value: value(1) }])
    const flushing = disk.flush()
    disk.write([{ key: key(1), value: undefined }])
    expect(disk.get(key(1))).toBeUndefined()
    await flushing
    expect(disk.get(key(1))).toBeUndefined()
    await disk.flush()
    expect(disk.get(key(1))).toBeUndefined()
    await disk.close()
  })

  test('an empty value is a value', async () => {
    const disk = await openLevelDisk(folder)
    disk.write([{ key: key(1), value: new Uint8Array() }])
    await disk.flush()
    expect(disk.get(key(1))).toHaveLength(0)
    expect(disk.has(key(1))).toBe(true)
    await disk.close()
  })

  test('a folder in use is named in the error', async () => {
    const disk = await openLevelDisk(folder)
    await expect(openLevelDisk(folder)).rejects.toThrow(`${folder} is in use by another process`)
    await disk.close()
  })
})

test('a chain in memory that outgrows its room goes on in a temporary folder, gone at the end', async () => {
  const before = new Set(readdirSync(tmpdir()))
  const disk = openMemoryDisk(10_000)
  for (let n = 0; n < 200; n++) {
    disk.write([{ key: key(n), value: value(n) }])
    if (n % 3 === 0) disk.write([{ key: key(n - 1), value: undefined }])
    await disk.flush()
  }
  expect(
    readdirSync(tmpdir()).filter((name) => !before.has(name) && name.includes(`-${process.pid}-`)),
  ).toHaveLength(1)
  for (let n = 0; n < 200; n++) expect(disk.has(key(n))).toBe(n % 3 !== 2 || n === 199)
  expect(Buffer.from(disk.get(key(0))!)).toEqual(Buffer.from(value(0)))
  await disk.close()
  expect(readdirSync(tmpdir()).filter((name) => name.includes(`tendril-chain-${process.pid}-`))).toEqual([])
})

test('memory and LevelDB answer alike', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tendril-disk-'))
  const disks: DurableDisk[] = [openMemoryDisk(), await openLevelDisk(folder)]
  const answers = disks.map((disk) => {
    disk.write([
      { key: key(1), value: value(1) },
      { key: key(2), value: value(2) },
    ])
    disk.write([{ key: key(1), value: undefined }])
    return [1, 2, 3].map((n) => [disk.has(key(n)), disk.get(key(n))])
  })
  expect(answers[0]).toEqual(answers[1])
  for (const disk of disks) await disk.close()
  rmSync(folder, { recursive: true, force: true })
})
