// Opening vesting accounts (x/auth/vesting/msg_server.go): the account first, then the coins are sent to it.
import { create, type DescMessage, type Message } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import {
  type AddressCodec,
  addCoins,
  type Coins,
  type Ctx,
  coinsFrom,
  coinsText,
  coinsTo,
  isAllPositive,
  isValidCoins,
  type MessageRoutes,
  messages,
  sdk,
} from '../../chain/module.ts'
import { instant } from '../../chain/time.ts'
import type { BaseAccount } from '../../proto/gen/cosmos/auth/v1beta1/auth_pb.ts'
import { Msg, type MsgCreatePeriodicVestingAccount } from '../../proto/gen/cosmos/vesting/v1beta1/tx_pb.ts'
import {
  ContinuousVestingAccountSchema,
  DelayedVestingAccountSchema,
  PeriodicVestingAccountSchema,
  PermanentLockedAccountSchema,
} from '../../proto/gen/cosmos/vesting/v1beta1/vesting_pb.ts'
import type { Auth } from '../auth/keeper.ts'
import type { Bank } from '../bank/keeper.ts'
import { afterPeriod, periodicProblem } from './periods.ts'

export type VestingKeepers = {
  auth: Pick<Auth, 'account' | 'addresses' | 'newAccount' | 'set'>
  bank: Pick<Bank, 'expectSendEnabled' | 'isBlocked' | 'send'>
}

type Asked = { fromAddress: string; toAddress: string }
type Parties = { from: Bytes; to: Bytes; toText: string }

export const vestingMessages = ({ auth, bank }: VestingKeepers): MessageRoutes => {
  const { addresses } = auth

  const expectReceiver = ({ to, toText }: Parties): void => {
    if (bank.isBlocked(to)) throw sdk.unauthorized(`${toText} is not allowed to receive funds`)
  }
  const expectNew = (ctx: Ctx, { to, toText }: Parties): void => {
    if (auth.account(ctx, to) !== undefined) throw sdk.invalidRequest(`account ${toText} already exists`)
  }
  /** The number is taken before `make` may refuse. */
  const open = (
    ctx: Ctx,
    { from, to }: Parties,
    amount: Coins,
    make: (baseAccount: BaseAccount) => [schema: DescMessage, message: Message],
  ): void => {
    const { base } = auth.newAccount(ctx, to)
    const [schema, message] = make(base)
    auth.set(ctx, { address: to, base, schema, message })
    bank.send(ctx, from, to, amount)
  }

  return messages(Msg, {
    createVestingAccount(ctx, message) {
      const parties = partiesOf(addresses, message)
      const amount = positive(coinsFrom(message.amount))
      const { endTime, delayed } = message
      if (endTime <= 0n) throw sdk.invalidRequest('invalid end time')
      bank.expectSendEnabled(ctx, amount)
      expectReceiver(parties)
      expectNew(ctx, parties)
      open(ctx, parties, amount, (baseAccount) => {
        const baseVestingAccount = { baseAccount, originalVesting: coinsTo(amount), endTime }
        if (delayed)
          return [DelayedVestingAccountSchema, create(DelayedVestingAccountSchema, { baseVestingAccount })]
        const startTime = instant(ctx.block.timeNs).seconds
        const fields = { baseVestingAccount, startTime }
        return [ContinuousVestingAccountSchema, create(ContinuousVestingAccountSchema, fields)]
      })
    },
    createPermanentLockedAccount(ctx, message) {
      const parties = partiesOf(addresses, message)
      const amount = positive(coinsFrom(message.amount))
      bank.expectSendEnabled(ctx, amount)
      expectReceiver(parties)
      expectNew(ctx, parties)
      open(ctx, parties, amount, (baseAccount) => {
        const baseVestingAccount = { baseAccount, originalVesting: coinsTo(amount) }
        return [PermanentLockedAccountSchema, create(PermanentLockedAccountSchema, { baseVestingAccount })]
      })
    },
    createPeriodicVestingAccount(ctx, message) {
      const parties = partiesOf(addresses, message)
      const { startTime } = message
      const amount = periodicAmount(message)
      expectReceiver(parties)
      expectNew(ctx, parties)
      bank.expectSendEnabled(ctx, amount)
      const vestingPeriods = message.vestingPeriods.map((period) => ({
        length: period.length,
        amount: coinsTo(coinsFrom(period.amount)),
      }))
      const endTime = vestingPeriods.reduce((time, { length }) => afterPeriod(time, length), startTime)
      open(ctx, parties, amount, (baseAccount) => {
        const baseVestingAccount = { baseAccount, originalVesting: coinsTo(amount), endTime }
        const fields = { baseVestingAccount, startTime, vestingPeriods }
        const made = create(PeriodicVestingAccountSchema, fields)
        const problem = periodicProblem(made)
        if (problem !== undefined) throw sdk.invalidRequest(problem)
        return [PeriodicVestingAccountSchema, made]
      })
    },
  })
}

const partiesOf = (addresses: AddressCodec, { fromAddress, toAddress }: Asked): Parties => {
  const from = addresses.bytes(fromAddress, (why) => sdk.invalidAddress(`invalid 'from' address: ${why}`))
  const to = addresses.bytes(toAddress, (why) => sdk.invalidAddress(`invalid 'to' address: ${why}`))
  return { from, to, toText: toAddress }
}

const positive = (amount: Coins): Coins => {
  if (!isValidCoins(amount) || !isAllPositive(amount)) throw sdk.invalidCoins(coinsText(amount))
  return amount
}

const periodicAmount = ({ startTime, vestingPeriods }: MsgCreatePeriodicVestingAccount): Coins => {
  if (startTime < 1n)
    throw sdk.invalidRequest(`invalid start time of ${startTime}, length must be greater than 0`)
  return vestingPeriods.reduce<Coins>((sum, { length, amount }, i) => {
    if (length < 1n)
      throw sdk.invalidRequest(
        `invalid period length of ${length} in period ${i}, length must be greater than 0`,
      )
    return addCoins(sum, positive(coinsFrom(amount)))
  }, [])
}
