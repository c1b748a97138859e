// What users and governance may ask of bank (x/bank/keeper/msg_server.go).
import { create } from '@bufbuild/protobuf'
import {
  addCoins,
  type Coins,
  coinsFrom,
  coinsText,
  denomProblem,
  equalCoins,
  errors,
  isAllPositive,
  isValidCoins,
  type MessageRoutes,
  messages,
  plainError,
  sdk,
} from '../../chain/module.ts'
import { type Input, type Output, ParamsSchema } from '../../proto/gen/cosmos/bank/v1beta1/bank_pb.ts'
import { Msg, type MsgSetSendEnabled } from '../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { bankErrors } from './errors.ts'
import type { Bank } from './keeper.ts'
import { paramsProblem } from './params.ts'

const gov = errors('gov', {
  invalidSigner: [13, 'expected gov account as only signer for proposal message'],
})

export const bankMessages = (bank: Bank): MessageRoutes => {
  const { addresses, authority, state } = bank
  const expectAuthority = (signer: string): void => {
    if (signer !== authority)
      throw gov.invalidSigner(`invalid authority; expected ${authority}, got ${signer}`)
  }
  const expectReceiver = (to: Uint8Array, text: string): void => {
    if (bank.isBlocked(to)) throw sdk.unauthorized(`${text} is not allowed to receive funds`)
  }
  return messages(Msg, {
    send(ctx, { fromAddress, toAddress, amount }) {
      const from = addresses.bytes(fromAddress, (why) => sdk.invalidAddress(`invalid from address: ${why}`))
      const to = addresses.bytes(toAddress, (why) => sdk.invalidAddress(`invalid to address: ${why}`))
      const sent = positive(coinsFrom(amount))
      bank.expectSendEnabled(ctx, sent)
      expectReceiver(to, toAddress)
      bank.send(ctx, from, to, sent)
    },
    multiSend(ctx, { inputs, outputs }) {
      const [input] = inputs
      if (input === undefined) throw bankErrors.noInputs()
      if (inputs.length !== 1) throw bankErrors.multipleSenders()
      if (outputs.length === 0) throw bankErrors.noOutputs()
      const from = partyOf('input', input, bank)
      const targets = outputs.map((output) => ({ ...partyOf('output', output, bank), text: output.address }))
      const total = targets.reduce<Coins>((sum, { amount }) => addCoins(sum, amount), [])
      if (!equalCoins(from.amount, total)) throw bankErrors.inputOutputMismatch()
      bank.expectSendEnabled(ctx, from.amount)
      for (const { address, text } of targets) expectReceiver(address, text)
      bank.sendMany(
        ctx,
        from.address,
        from.amount,
        targets.map(({ address, text, amount }) => ({ address: text, to: address, amount })),
      )
    },
    updateParams(ctx, { authority: signer, params }) {
      expectAuthority(signer)
      const problem = params && paramsProblem(params)
      if (problem !== undefined) throw plainError(problem)
      const { defaultSendEnabled = false } = params ?? {}
      state.params.set(ctx, create(ParamsSchema, { defaultSendEnabled }))
    },
    setSendEnabled(ctx, message) {
      expectAuthority(message.authority)
      expectDenoms(message)
      for (const { denom, enabled } of message.sendEnabled) state.sendEnabled.set(ctx, denom, enabled)
      for (const denom of message.useDefaultFor) state.sendEnabled.remove(ctx, denom)
    },
  })
}

const positive = (amount: Coins): Coins => {
  if (!isValidCoins(amount) || !isAllPositive(amount)) throw sdk.invalidCoins(coinsText(amount))
  return amount
}

/** One side of a multi-send, checked as Input.ValidateBasic and Output.ValidateBasic do. */
const partyOf = (side: 'input' | 'output', { address, coins }: Input | Output, { addresses }: Bank) => ({
  address: addresses.bytes(address, (why) => sdk.invalidAddress(`invalid ${side} address: ${why}`)),
  amount: positive(coinsFrom(coins)),
})

const expectDenoms = ({ sendEnabled, useDefaultFor }: MsgSetSendEnabled): void => {
  const seen = new Set<string>()
  for (const { denom } of sendEnabled) {
    if (seen.has(denom)) throw sdk.invalidRequest(`duplicate denom entries found for "${denom}"`)
    seen.add(denom)
    const problem = denomProblem(denom)
    if (problem !== undefined) throw sdk.invalidRequest(`invalid SendEnabled denom "${denom}": ${problem}`)
  }
  for (const denom of useDefaultFor) {
    const problem = denomProblem(denom)
    if (problem !== undefined) throw sdk.invalidRequest(`invalid UseDefaultFor denom "${denom}": ${problem}`)
  }
}
