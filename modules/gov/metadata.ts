// What a proposal's metadata say about it, where they are JSON of the recommended form: they must not
// contradict the proposal (x/gov/types/metadata.go). Read as Go's encoding/json reads it into a struct: names
// of fields in any case, and nothing at all if one of them has the wrong type.
import type { JsonValue } from '@bufbuild/protobuf'
import { err } from './errors.ts'

const TEXTS = ['title', 'summary', 'details', 'proposal_forum_url', 'vote_option_context']

const parse = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text) as JsonValue
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Title and summary; undefined if the metadata are something else. */
const readMetadata = (text: string): { title: string; summary: string } | undefined => {
  const json = parse(text)
  const found = { title: '', summary: '' }
  if (json === null) return found
  if (typeof json !== 'object' || Array.isArray(json)) return undefined
  for (const [key, value] of Object.entries(json)) {
    const name = key.toLowerCase()
    if (value === null) continue
    if (name === 'authors') {
      if (!Array.isArray(value)) return undefined
      if (value.some((author) => author !== null && typeof author !== 'string')) return undefined
    } else if (TEXTS.includes(name)) {
      if (typeof value !== 'string') return undefined
      if (name === 'title' || name === 'summary') found[name] = value
    }
  }
  return found
}

/** Throws gov 5 if the metadata have another title or summary than the proposal. */
export const checkMetadataText = (metadata: string, title: string, summary: string): void => {
  const found = metadata === '' ? undefined : readMetadata(metadata)
  if (found === undefined) return
  if (found.title !== title)
    throw err.invalidProposalContent(`metadata title '${found.title}' must equal proposal title '${title}'`)
  if (found.summary !== summary)
    throw err.invalidProposalContent(
      `metadata summary '${found.summary}' must equal proposal summary '${summary}'`,
    )
}
