// Reading protobuf messages: one place, so that a faster reader replaces it everywhere.
import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import type { Bytes } from '../bytes.ts'

/** Throws an Error if the bytes are no such message. */
export const decodeMessage = <S extends DescMessage>(schema: S, bytes: Bytes): MessageShape<S> =>
  fromBinary(schema, bytes)
