// Reading the numbers of messages as they come off the wire, where a field may be missing or hold anything.
import { type Coin, type Dec, decFromWire, GoPanic, isDenom, parseInt256, sdk } from '../../chain/module.ts'

type CoinFields = { readonly denom: string; readonly amount: string }

/** A valid coin with a positive amount; throws sdk 18 with this reason for any other. */
export const positiveCoin = (message: CoinFields | undefined, reason: string): Coin => {
  const amount = message === undefined ? undefined : parseInt256(message.amount)
  if (message === undefined || !isDenom(message.denom) || amount === undefined || amount <= 0n)
    throw sdk.invalidRequest(reason)
  return { denom: message.denom, amount }
}

/** Go dereferences a nil pointer where a number is missing that it asks for its sign. */
const nil = () => new GoPanic('runtime error: invalid memory address or nil pointer dereference')

export const requiredInt = (text: string): bigint => {
  const value = parseInt256(text)
  if (value === undefined) throw nil()
  return value
}
export const requiredDec = (text: string): Dec => {
  if (text === '') throw nil()
  return decFromWire(text)
}
