// What a proposal's metadata say about it, where they are JSON of the form that governance recommends: title
// and summary must not contradict the proposal's. Read as Go's encoding/json reads it into a struct: names of
// fields in any case, and nothing at all if one of them has the wrong type.
import type { JsonValue } from '@bufbuild/protobuf'
import { plainError } from '../../chain/module.ts'

const TEXTS = ['title', 'summary', 'details', 'proposal_forum_url', 'vote_option_context']

const parse = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text) as JsonValue
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const isTextList = (value: JsonValue): boolean =>
  Array.isArray(value) && value.every((item) => item === null || typeof item === 'string')

/** Title and summary; undefined if the metadata are something else. */
const readMetadata = (text: string): { title: string; summary: string } | undefined => {
  const json = parse(text)
  const found = { title: '', summary: '' }
  if (json === null) return found
  if (typeof json !== 'object' || Array.isArray(json)) return undefined
  for (const [key, value] of Object.entries(json)) {
    const name = key.toLowerCase()
    if (value === null || !(name === 'authors' || TEXTS.includes(name))) continue
    if (name === 'authors' ? !isTextList(value) : typeof value !== 'string') return undefined
    if (name === 'title' || name === 'summary') found[name] = value as string
  }
  return found
}

/** Throws TxError if the metadata have another title or summary than the proposal. */
export const checkMetadataText = (metadata: string, title: string, summary: string): void => {
  const found = metadata === '' ? undefined : readMetadata(metadata)
  if (found === undefined) return
  if (found.title !== title)
    throw plainError(`metadata title '${found.title}' must equal proposal title '${title}'`)
  if (found.summary !== summary)
    throw plainError(`metadata summary '${found.summary}' must equal proposal summary '${summary}'`)
}
