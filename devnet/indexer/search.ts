// A search: which places pass a plan. Equalities are answered by postings alone; the rest is read from the
// events of the blocks that the postings of a tag name. A search goes part by part and yields between them,
// so that a long one can let others in.
import type { BlockStore } from '../../chain/consensus/engine.ts'
import { type Half, type Name, TagState, tagName, valueName } from './hash.ts'
import { HEIGHT_TAGS, passes, type Subject } from './match.ts'
import type { Plan, Test } from './plan.ts'
import { heightOf, indexOf, type Part, type Postings, placeOf } from './postings.ts'

export type Source = {
  readonly blocks: BlockStore
  /** In ascending order of their heights; the tail is the last. */
  readonly parts: readonly Part[]
}

/** Places in ascending order. */
export type Search = Generator<void, number[]>

const subjectsOf = (blocks: BlockStore, height: number, half: Half): Subject[] => {
  const results = blocks.results(height)
  if (results === undefined) return []
  if (half === 'block') return [{ height, index: 0, events: results.events }]
  return results.txResults.map(({ events }, index) => ({ height, index, events }))
}

const subjectAt = (blocks: BlockStore, place: number, half: Half): Subject | undefined => {
  const height = heightOf(place)
  const index = indexOf(place)
  if (half === 'block') return subjectsOf(blocks, height, half)[0]
  const found = blocks.txResult(height, index)
  return found && { height, index, events: found.result.events }
}

const scanBlock = (blocks: BlockStore, height: number, plan: Plan, half: Half, found: number[]): void => {
  for (const subject of subjectsOf(blocks, height, half))
    if (passes(plan, subject, half)) found.push(placeOf(height, subject.index))
}

/** What both have, by place and event, each once. */
const common = (a: Postings, b: Postings): Postings => {
  const both: Postings = { places: [], events: [] }
  for (let i = 0, j = 0; i < a.places.length && j < b.places.length; ) {
    const order = a.places[i]! - b.places[j]! || a.events[i]! - b.events[j]!
    if (order === 0) {
      both.places.push(a.places[i]!)
      both.events.push(a.events[i]!)
    }
    if (order <= 0) i++
    if (order >= 0) j++
  }
  return both
}

/** The places of all names together, each once; undefined if one of the names is not in this part at all. */
const intersection = (part: Part, names: readonly Name[]): number[] => {
  const readers: (() => Postings)[] = []
  for (const name of names) {
    const reader = part.find(name)
    if (reader === undefined) return []
    readers.push(reader)
  }
  const { places } = readers.map((read) => read()).reduce(common)
  return places.filter((place, i) => place !== places[i - 1])
}

const within = ({ heights }: Plan, place: number): boolean => {
  const height = heightOf(place)
  return height >= heights.from && height <= heights.to
}

/** Places by equalities, checked against the events where other tests remain. */
const byValue = (part: Part, { blocks }: Source, plan: Plan, half: Half, equalities: Test[]): number[] => {
  const names = equalities.map((test) =>
    valueName(new TagState(half, test.tag), test.kind === 'equals' ? test.text : ''),
  )
  const places = intersection(part, names).filter((place) => within(plan, place))
  if (equalities.length === plan.tests.length) return places
  return places.filter((place) => {
    const subject = subjectAt(blocks, place, half)
    return subject !== undefined && passes(plan, subject, half)
  })
}

/** Places by the blocks in which the first test's tag occurs. */
const byTag = (part: Part, { blocks }: Source, plan: Plan, half: Half): number[] => {
  const names = plan.tests.map(({ tag }) => tagName(new TagState(half, tag)))
  const found: number[] = []
  for (const place of intersection(part, names))
    if (within(plan, place)) scanBlock(blocks, heightOf(place), plan, half, found)
  return found
}

/** Places by height alone: the index holds the number of transactions of each block that has any. */
const byHeight = (part: Part, plan: Plan, half: Half): number[] => {
  const counted = part.find(tagName(new TagState(half, HEIGHT_TAGS[half])))?.().places ?? []
  const found: number[] = []
  for (const place of counted) {
    const height = heightOf(place)
    if (!within(plan, place) || !passes(plan, { height, index: 0, events: [] }, half)) continue
    const count = half === 'tx' ? indexOf(place) : 1
    for (let index = 0; index < count; index++) found.push(placeOf(height, index))
  }
  return found
}

/** How a part is searched; undefined if nothing can be found. */
const methodOf = (source: Source, plan: Plan, half: Half): ((part: Part) => number[]) | undefined => {
  const heightTag = HEIGHT_TAGS[half]
  const onHeight = plan.tests.filter(({ tag }) => tag === heightTag)
  if (plan.tests.length === 0) return undefined
  if (onHeight.length > 0)
    return onHeight.length < plan.tests.length ? undefined : (part) => byHeight(part, plan, half)
  const equalities = plan.tests.filter(({ kind }) => kind === 'equals')
  if (equalities.length > 0) return (part) => byValue(part, source, plan, half, equalities)
  return (part) => byTag(part, source, plan, half)
}

export function* search(source: Source, plan: Plan, half: Half): Search {
  const { heights } = plan
  const isKept = heights.from === plan.height && heights.to === plan.height
  if (half === 'block' && plan.onlyHeight) return isKept ? [placeOf(plan.height, 0)] : []
  const method = methodOf(source, plan, half)
  if (method === undefined) return []
  if (isKept) {
    const found: number[] = []
    scanBlock(source.blocks, plan.height, plan, half, found)
    return found
  }
  // The tail goes first: it is the one part that changes while the search waits.
  const parts = source.parts.filter(({ from, to }) => from <= heights.to && to >= heights.from)
  const last = parts.length > 0 ? method(parts.at(-1)!) : []
  const found: number[][] = []
  for (const part of parts.slice(0, -1)) {
    found.push(method(part))
    yield
  }
  return [...found, last].flat()
}
