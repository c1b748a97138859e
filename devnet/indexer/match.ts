// Whether what stands at a place passes the tests of a plan, told from its events: one event must pass them
// all.
import type { Event, EventAttribute } from '../../chain/abci/application.ts'
import { wholeNumber } from '../rpc/query/number.ts'
import type { Half } from './hash.ts'
import { isWithin, type Plan, type Test } from './plan.ts'

export const HEIGHT_TAGS: Record<Half, string> = { tx: 'tx.height', block: 'block.height' }
/** Tags that events may not use, since the index itself defines them. */
export const RESERVED: Record<Half, readonly string[]> = {
  tx: ['tx.hash', 'tx.height'],
  block: ['block.height'],
}

/** Something that is searched for: a transaction, or a block itself with index 0. */
export type Subject = { readonly height: number; readonly index: number; readonly events: readonly Event[] }

const isCalled = (tag: string, { type }: Event, { key }: EventAttribute): boolean =>
  tag.length === type.length + 1 + key.length &&
  tag.startsWith(type) &&
  tag.charCodeAt(type.length) === 46 &&
  tag.endsWith(key)

/**
 * What CometBFT's key of a transaction's attribute says after its tag; the search for `equals` is a prefix of
 * it.
 */
const keyRest = (value: string, { height, index }: Subject): string => `${value}/${height}/${index}$es$`

const valuePasses = (test: Test, value: string, subject: Subject, half: Half, height: number): boolean => {
  if (test.kind === 'exists') return true
  if (test.kind === 'equals') {
    if (half === 'block') return value === test.text
    return keyRest(value, subject).startsWith(height > 0 ? `${test.text}/${height}/` : `${test.text}/`)
  }
  const read = half === 'tx' ? value.trim() : value
  if (test.kind !== 'range') return read.includes(test.text)
  const number = wholeNumber(read)
  return number !== undefined && isWithin(test.range, number)
}

const eventPasses = (test: Test, event: Event, subject: Subject, half: Half, height: number): boolean =>
  event.type !== '' &&
  event.attributes.some(
    (attribute) =>
      attribute.index &&
      attribute.key !== '' &&
      isCalled(test.tag, event, attribute) &&
      valuePasses(test, attribute.value, subject, half, height),
  )

/** The height of a transaction is an event of its own, so it meets no condition on another event. */
const heightPasses = (test: Test, subject: Subject, half: Half, height: number): boolean => {
  if (test.tag !== HEIGHT_TAGS[half]) return false
  // Only ranges can be asked of a block's height: its key has no value that EXISTS or CONTAINS could read.
  if (half === 'block' && test.kind !== 'range') return false
  return valuePasses(test, `${subject.height}`, subject, half, height)
}

export const passes = ({ tests, height }: Plan, subject: Subject, half: Half): boolean =>
  tests.every((test) => heightPasses(test, subject, half, height)) ||
  subject.events.some((event) => tests.every((test) => eventPasses(test, event, subject, half, height)))
