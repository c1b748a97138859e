// What governance remembers, under the keys of SDK 0.53 (x/gov/types/keys.go). A proposal lies under its id;
// while it waits for deposits or votes it stands in a queue by the time at which that ends.
import { create } from '@bufbuild/protobuf'
import { type Duration, type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt'
import {
  bytesValue,
  goMessageValue,
  messageValue,
  pairKey,
  prefixedAddressKey,
  store,
  textValue,
  timeKey,
  uint64Key,
  uint64Value,
} from '../../chain/module.ts'
import { instant, instantNs } from '../../chain/time.ts'
import {
  type Deposit,
  DepositSchema,
  type Params,
  ParamsSchema,
  type Proposal,
  ProposalSchema,
  type Vote,
  VoteSchema,
} from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { NAME } from './errors.ts'

export const govState = () => {
  const kv = store(NAME)
  const byProposal = pairKey(uint64Key, prefixedAddressKey)
  const byTime = pairKey(timeKey, uint64Key)
  return {
    proposals: kv.map<bigint, Proposal>(0, uint64Key, messageValue(ProposalSchema)),
    /** By the end of the voting period and id. */
    active: kv.map(1, byTime, uint64Value),
    /** By the end of the deposit period and id. */
    inactive: kv.map(2, byTime, uint64Value),
    /** The id that the next proposal gets. */
    nextId: kv.sequence(3),
    /** Ids of proposals that can be voted on. */
    voting: kv.map(4, uint64Key, bytesValue),
    /** By proposal and depositor. */
    deposits: kv.map<readonly [bigint, Uint8Array], Deposit>(16, byProposal, messageValue(DepositSchema)),
    /** By proposal and voter. */
    votes: kv.map<readonly [bigint, Uint8Array], Vote>(32, byProposal, messageValue(VoteSchema)),
    params: kv.item<Params>(48, goMessageValue(ParamsSchema)),
    constitution: kv.item(49, textValue),
  }
}
export type GovState = ReturnType<typeof govState>

export const timestamp = (timeNs: bigint): Timestamp => create(TimestampSchema, instant(timeNs))

/** Unix nanoseconds of a time that a record of this state must have. */
export const nsOf = (time: Timestamp | undefined, what: string): bigint => {
  if (time === undefined) throw new Error(`a proposal without ${what}`)
  return instantNs(time)
}

/** Nanoseconds of a period of the parameters, which are checked to have it. */
export const periodNs = (period: Duration | undefined): bigint =>
  period === undefined ? 0n : instantNs(period)
