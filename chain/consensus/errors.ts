// Why a header, a commit or a validator set is refused. Wording follows CometBFT, because relayers and
// clients print it.
import { type Bytes, toHex } from '../bytes.ts'

/** What was given does not prove what it says. */
export class VerificationError extends Error {}

/** The signatures are right but too few. */
export class NotEnoughPowerError extends VerificationError {
  readonly got: bigint
  readonly needed: bigint
  constructor(got: bigint, needed: bigint) {
    super(`invalid commit -- insufficient voting power: got ${got}, needed more than ${needed}`)
    this.got = got
    this.needed = needed
  }
}

/** Upper-case hexadecimal, as CometBFT prints hashes and addresses. */
export const upperHex = (bytes: Bytes): string => toHex(bytes).toUpperCase()
