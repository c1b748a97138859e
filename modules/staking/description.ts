// What a validator says of itself (SDK x/staking/types/validator.go).
import { utf8 } from '../../chain/bytes.ts'
import { sdk } from '../../chain/module.ts'
import type { Description } from './validator.ts'

/** In an edit: keep what is there. */
const KEEP = '[do-not-modify]'

/** What the SDK calls a field in an error, and the most bytes it may have. */
const LIMITS = {
  moniker: ['moniker', 70],
  identity: ['identity', 3000],
  website: ['website', 140],
  securityContact: ['security contact', 140],
  details: ['details', 280],
} as const
const FIELDS = Object.keys(LIMITS) as (keyof Description)[]

/** The fields alone; an absent description is one without any text. */
export const descriptionFrom = (message: Description | undefined): Description => ({
  moniker: message?.moniker ?? '',
  identity: message?.identity ?? '',
  website: message?.website ?? '',
  securityContact: message?.securityContact ?? '',
  details: message?.details ?? '',
})

export const isEmptyDescription = (description: Description): boolean =>
  FIELDS.every((field) => description[field] === '')

/** EnsureLength: throws sdk 18 for a field that is too long. */
export const checkLengths = (description: Description): void => {
  for (const field of FIELDS) {
    const [name, most] = LIMITS[field]
    const { length } = utf8(description[field])
    if (length > most) throw sdk.invalidRequest(`invalid ${name} length; got: ${length}, max: ${most}`)
  }
}

/** UpdateDescription: what an edit makes of a description. */
export const editDescription = (before: Description, edit: Description): Description => {
  const after = { ...edit }
  for (const field of FIELDS) if (after[field] === KEEP) after[field] = before[field]
  checkLengths(after)
  return after
}
