// Golden numbers G6: a yearly reduction by a third, as Osmosis's mint test pins it. The arithmetic is the
// SDK's.
import { expect, test } from '@jest/globals'
import { decFromInt, decMul, decQuoInt, decText, parseDec } from '../../../chain/module.ts'

const FACTOR = parseDec('0.666666666666666667')
const YEAR_OF_TOKENS = 300_000_000_000_000n
const EPOCHS = 365n

test('what an epoch mints is cut by a third with half-even rounding, to the last digit', () => {
  const first = decQuoInt(decFromInt(YEAR_OF_TOKENS), EPOCHS)
  expect(decText(first)).toBe('821917808219.178082191780821917')
  expect(decText(decMul(first, FACTOR))).toBe('547945205479.452055068493150684')
})

test('all years together approach three times the first one', () => {
  let epoch = decQuoInt(decFromInt(YEAR_OF_TOKENS), EPOCHS)
  let minted = 0n
  for (let year = 0; year < 200; year++) {
    minted += epoch * EPOCHS
    epoch = decMul(epoch, FACTOR)
  }
  const limit = decFromInt(3n * YEAR_OF_TOKENS)
  // The factor is above 2/3 by a third of a unit of the 18th place.
  expect(minted - limit).toBeLessThan(decFromInt(1n))
  expect(limit - minted).toBeLessThan(decFromInt(1n))
})
