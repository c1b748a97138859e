// Errors of governance (x/gov/types/errors.go).
import { errors, parseDec, plainError, type TxError } from '../../chain/module.ts'

export const NAME = 'gov'

export const err = errors(NAME, {
  inactiveProposal: [3, 'inactive proposal'],
  alreadyActiveProposal: [4, 'proposal already active'],
  invalidProposalContent: [5, 'invalid proposal content'],
  invalidProposalType: [6, 'invalid proposal type'],
  invalidVote: [7, 'invalid vote option'],
  invalidGenesis: [8, 'invalid genesis state'],
  noProposalHandlerExists: [9, 'no handler exists for proposal type'],
  unroutableProposalMsg: [10, 'proposal message not recognized by router'],
  noProposalMsgs: [11, 'no messages proposed'],
  invalidProposalMsg: [12, 'invalid proposal message'],
  invalidSigner: [13, 'expected gov account as only signer for proposal message'],
  metadataTooLong: [15, 'metadata too long'],
  minDepositTooSmall: [16, 'minimum deposit is too small'],
  invalidProposer: [18, 'invalid proposer'],
  votingPeriodEnded: [20, 'voting period already ended'],
  invalidProposal: [21, 'invalid proposal'],
  summaryTooLong: [22, 'summary too long'],
  invalidDepositDenom: [23, 'invalid deposit denom'],
})

/** What Go's collections say of a record that is not there. */
export const missing = (key: string, type: string): TxError =>
  plainError(`collections: not found: key '${key}' of type github.com/cosmos/gogoproto/cosmos.gov.v1.${type}`)

/** Reads a decimal; its text comes from parameters or from a voter. Throws Go's error without a code. */
export const decOf = (text: string) => {
  try {
    return parseDec(text)
  } catch (error) {
    if (error instanceof Error) throw plainError(error.message)
    throw error
  }
}
