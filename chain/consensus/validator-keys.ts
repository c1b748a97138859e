// Keys of simulated validators. They follow from the seed, so that the same seed gives the same chain, block
// hashes and all. Nothing here is secret: whoever knows the seed knows the keys.
import { fromBase64 } from '../base64.ts'
import { type Bytes, utf8 } from '../bytes.ts'
import { sha256 } from '../hash.ts'

/** The ed25519 seed (32 bytes) of validator number `index`, from 0, of a chain. */
export const simulatedSeed = (seed: string, chainId: string, index: number): Bytes =>
  sha256(utf8(JSON.stringify(['tendril/validator', seed, chainId, index])))

/** A key as `priv_validator_key.json` holds it; `seed` derives `publicKey`. */
export type ValidatorKey = { seed: Bytes; publicKey: Bytes }

const TYPE = 'tendermint/PrivKeyEd25519'
const SEED_SIZE = 32
const KEY_SIZE = 64

/** Reads the text of a `priv_validator_key.json`. Throws an Error that names what is wrong with it. */
export const parsePrivValidatorKey = (text: string): ValidatorKey => {
  let json: { priv_key?: { type?: unknown; value?: unknown } } | null
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new Error(`the validator key is not JSON: ${(error as Error).message}`, { cause: error })
  }
  const { type, value } = json?.priv_key ?? {}
  if (type !== TYPE)
    throw new Error(`priv_key.type is ${JSON.stringify(type)}: only ${TYPE} can sign blocks here`)
  const bytes = typeof value === 'string' ? fromBase64(value) : undefined
  if (bytes?.length !== KEY_SIZE)
    throw new Error(`priv_key.value must be the base64 of ${KEY_SIZE} bytes: the seed and the public key`)
  return { seed: bytes.subarray(0, SEED_SIZE), publicKey: bytes.subarray(SEED_SIZE) }
}
