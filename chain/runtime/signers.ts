// Who must sign a message: the fields that its `cosmos.msg.v1.signer` option names, also inside nested
// messages (cosmossdk.io/x/tx/signing Context.GetSigners).
import { type DescField, type DescMessage, getOption, type Message } from '@bufbuild/protobuf'
import { signer } from '../../proto/gen/cosmos/msg/v1/msg_pb.ts'
import { scalar } from '../../proto/gen/cosmos_proto/cosmos_pb.ts'
import type { Bytes } from '../bytes.ts'
import type { AddressCodec } from './address.ts'
import { plainError } from './errors.ts'

type Collect = (message: Message, into: Bytes[]) => void

/** The rule of one chain; compiled once a message type. Throws TxError for a text that is no address. */
export const signersOf = (addresses: AddressCodec): ((desc: DescMessage, message: Message) => Bytes[]) => {
  const known = new Map<string, Collect>()
  return (desc, message) => {
    let collect = known.get(desc.typeName)
    if (collect === undefined) known.set(desc.typeName, (collect = compile(desc, addresses)))
    const signers: Bytes[] = []
    collect(message, signers)
    return signers
  }
}

const compile = (desc: DescMessage, addresses: AddressCodec): Collect => {
  const names = getOption(desc, signer)
  if (names.length === 0)
    throw plainError(
      `no cosmos.msg.v1.signer option found for message ${desc.typeName}; ` +
        'use DefineCustomGetSigners to specify a custom getter',
    )
  const parts = names.map((name) => {
    const field = desc.fields.find((candidate) => candidate.name === name)
    if (field === undefined) throw plainError(`field ${name} not found in message ${desc.typeName}`)
    return compileField(field, addresses)
  })
  return (message, into) => {
    for (const part of parts) part(message, into)
  }
}

const compileField = (field: DescField, addresses: AddressCodec): Collect => {
  const each = field.message === undefined ? address(field, addresses) : nested(field.message, addresses)
  const read = (message: Message) => (message as unknown as Record<string, unknown>)[field.localName]
  if (field.fieldKind === 'list')
    return (message, into) => {
      for (const element of read(message) as unknown[]) each(element, into)
    }
  return (message, into) => each(read(message), into)
}

const address = (field: DescField, addresses: AddressCodec) => {
  const codec = getOption(field, scalar) === 'cosmos.ValidatorAddressString' ? addresses.validator : addresses
  return (value: unknown, into: Bytes[]) => {
    into.push(codec.bytes(value as string))
  }
}

const nested = (desc: DescMessage, addresses: AddressCodec) => {
  let collect: Collect | undefined
  return (value: unknown, into: Bytes[]) => {
    collect ??= compile(desc, addresses)
    if (value === undefined) throw plainError('empty address string is not allowed')
    collect(value as Message, into)
  }
}
