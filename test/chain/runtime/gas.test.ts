// Gas of a store, unit by unit as the SDK's gaskv counts it, and the branches below.
import { describe, expect, test } from '@jest/globals'
import { fromUtf8, utf8 } from '../../../chain/bytes.ts'
import { GasMeter, OutOfGas } from '../../../chain/module.ts'
import { CacheKv } from '../../../chain/runtime/cache.ts'
import { GasKv, kvGas } from '../../../chain/runtime/gas.ts'
import { goVectors } from './go.ts'
import { sortedKv } from './sorted-kv.ts'

test('a script of operations costs in each step what it costs in Go', () => {
  const payer = { gas: new GasMeter() }
  const kv = new GasKv(new CacheKv(sortedKv()), payer, kvGas)
  const ours = goVectors.gas.map((step) => {
    const before = payer.gas.consumed
    const seen: string[] = []
    if (step.op === 'set') kv.set(utf8(step.key!), new Uint8Array(step.length!))
    else if (step.op === 'get') kv.get(utf8(step.key!))
    else if (step.op === 'has') kv.has(utf8(step.key!))
    else if (step.op === 'delete') kv.delete(utf8(step.key!))
    else {
      const entries = kv.iterate(utf8(step.start!), utf8(step.end!), step.reverse)
      for (let next = entries.next(); !next.done && seen.length < step.stop!; next = entries.next())
        seen.push(fromUtf8(next.value[0]))
    }
    return { ...step, gas: payer.gas.consumed - before, ...(step.op === 'iterate' && { seen }) }
  })
  expect(ours).toEqual(
    goVectors.gas.map((step) => (step.op === 'iterate' ? { ...step, seen: step.seen ?? [] } : step)),
  )
})

describe('a meter', () => {
  test('runs out where more than the limit is used, and says where', () => {
    const meter = new GasMeter(10)
    meter.consume(10, 'all of it')
    expect([meter.isOutOfGas, meter.isPastLimit, meter.remaining]).toEqual([true, false, 0])
    expect(() => meter.consume(1, 'the straw')).toThrow(new OutOfGas('the straw'))
    expect([meter.consumed, meter.consumedToLimit, meter.isPastLimit]).toEqual([11, 10, true])
  })

  test('gives back no more than was used', () => {
    const meter = new GasMeter()
    meter.consume(5, 'work')
    meter.refund(3, 'rest')
    expect(meter.consumed).toBe(2)
    expect(() => meter.refund(3, 'too much')).toThrow(/negative gas consumed: too much/)
  })

  test('a sum past 64 bits is a bug, not a lack of gas', () => {
    const meter = new GasMeter()
    expect(() => meter.consume(2 ** 64, 'absurd')).toThrow(/gas overflow/)
  })
})
