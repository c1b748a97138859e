// The rules of cosmos.protocolpool.v1.Msg: anybody may fund the pool; spending it and ruling the funds is for
// the authority (x/protocolpool/keeper/msg_server.go).
import { create } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import {
  type AddressCodec,
  type Coins,
  type Ctx,
  coinsFrom,
  coinsProblem,
  coinsText,
  decFromWire,
  decTruncateInt,
  messages,
  ONE,
  plainError,
  sdk,
} from '../../chain/module.ts'
import { formatTime, instant, instantNs } from '../../chain/time.ts'
import { Msg, type MsgCreateContinuousFund } from '../../proto/gen/cosmos/protocolpool/v1/tx_pb.ts'
import { ContinuousFundSchema, ParamsSchema } from '../../proto/gen/cosmos/protocolpool/v1/types_pb.ts'
import type { Bank } from '../bank/keeper.ts'
import { err, fundProblem, NAME, type PoolState, paramsProblem } from './state.ts'

/** As Go prints a time. */
const timeText = (timeNs: bigint): string =>
  formatTime(instant(timeNs)).replace('T', ' ').replace('Z', ' +0000 UTC')

/** The coins of a message, if they are a valid set that is not empty. */
const validAmount = (amount: readonly { denom: string; amount: string }[]): Coins => {
  if (amount.length === 0) throw sdk.invalidCoins('amount cannot be nil')
  const set = coinsFrom(amount)
  if (coinsProblem(set) !== undefined) throw sdk.invalidCoins(coinsText(set))
  return set
}

type Keepers = {
  state: PoolState
  addresses: AddressCodec
  authority: string
  bank: Pick<Bank, 'isBlocked' | 'sendFromModule' | 'sendToModule'>
}

/** A new fund must not be blocked, there already, malformed, over, or with the others more than all. */
const checkNewFund = (
  ctx: Ctx,
  { state, bank }: Keepers,
  recipient: Bytes,
  message: MsgCreateContinuousFund,
): void => {
  const { recipient: text, percentage, expiry } = message
  if (bank.isBlocked(recipient)) throw plainError(`recipient is blocked in the bank keeper: ${text}`)
  if (state.funds.has(ctx, recipient))
    throw plainError(`continuous fund already exists for recipient ${text}`)
  const problem = fundProblem(message)
  if (problem !== undefined) throw plainError(`invalid continuous fund: ${problem}`)
  const { timeNs } = ctx.block
  const endNs = expiry === undefined ? timeNs : instantNs(expiry)
  if (endNs < timeNs)
    throw plainError(
      `expiry time ${timeText(endNs)} cannot be less than the current block time ${timeText(timeNs)}`,
    )
  let taken = 0n
  for (const [, fund] of state.funds.entries(ctx)) taken += decFromWire(fund.percentage)
  if (taken + decFromWire(percentage) > ONE)
    throw plainError(
      'cannot set continuous fund proposal\ntotal funds percentage exceeds 100\n' +
        `current total percentage: ${decTruncateInt(taken * 100n)}`,
    )
}

export const poolMessages = (keepers: Keepers) => {
  const { state, addresses, authority, bank } = keepers
  const accountOf = (text: string, who: string): Bytes =>
    addresses.bytes(text, (reason) => sdk.invalidAddress(`invalid ${who} address: ${reason}`))
  const checkAuthority = (text: string): void => {
    accountOf(text, 'authority')
    if (text !== authority) throw err.invalidSigner(`invalid authority; expected ${authority}, got ${text}`)
  }

  return messages(Msg, {
    fundCommunityPool(ctx, { depositor, amount }) {
      const from = accountOf(depositor, 'depositor')
      bank.sendToModule(ctx, from, NAME, validAmount(amount))
    },
    communityPoolSpend(ctx, { authority: signer, amount, recipient }) {
      checkAuthority(signer)
      const set = validAmount(amount)
      bank.sendFromModule(ctx, NAME, addresses.bytes(recipient), set)
    },
    createContinuousFund(ctx, message) {
      checkAuthority(message.authority)
      const { recipient: text, percentage, expiry } = message
      const recipient = addresses.bytes(text)
      checkNewFund(ctx, keepers, recipient, message)
      state.funds.set(ctx, recipient, create(ContinuousFundSchema, { recipient: text, percentage, expiry }))
    },
    cancelContinuousFund(ctx, { authority: signer, recipient: text }) {
      checkAuthority(signer)
      const recipient = addresses.bytes(text)
      if (!state.funds.has(ctx, recipient))
        throw plainError(`cannot cancel continuous fund for recipient ${text} - does not exist`)
      state.funds.remove(ctx, recipient)
      const { timeNs, height } = ctx.block
      return { canceledTime: instant(timeNs), canceledHeight: height, recipient: text }
    },
    updateParams(ctx, { authority: signer, params = create(ParamsSchema) }) {
      checkAuthority(signer)
      const problem = paramsProblem(params)
      if (problem !== undefined) throw plainError(`invalid params: ${problem}`)
      state.params.set(ctx, params)
    },
  })
}
