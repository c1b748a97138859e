// Double signing: votes for two blocks by a validator whose key we hold, handed to the Go chain as evidence.
import { create } from '@bufbuild/protobuf'
import { fromHex, utf8 } from '../../../chain/bytes.ts'
import { duplicateVoteEvidence } from '../../../chain/consensus/evidence.ts'
import { parseTimeNs, timestampFromNs } from '../../../chain/consensus/time.ts'
import { voteSignBytes } from '../../../chain/consensus/vote.ts'
import { sha256 } from '../../../chain/hash.ts'
import { evidenceText } from '../../../devnet/rpc/json/block.ts'
import { SignedMsgType, type Vote, VoteSchema } from '../../../proto/gen/tendermint/types/types_pb.ts'
import { ValidatorSetSchema } from '../../../proto/gen/tendermint/types/validator_pb.ts'
import { CHAIN_ID } from './genesis.ts'
import type { GoNode } from './node.ts'
import type { Person } from './people.ts'

type Validators = { validators: { address: string; pub_key: { value: string }; voting_power: string }[] }

const consensusAddress = ({ consensus }: Person): string =>
  Buffer.from(sha256(consensus.publicKey).subarray(0, 20)).toString('hex').toUpperCase()

const votesFor = (signer: Person, height: number, index: number, timeNs: bigint): [Vote, Vote] => {
  const vote = (name: string): Vote => {
    const unsigned = create(VoteSchema, {
      ...{ type: SignedMsgType.PRECOMMIT, height: BigInt(height), round: 0 },
      blockId: {
        hash: sha256(utf8(name)),
        partSetHeader: { total: 1, hash: sha256(utf8(`${name} parts`)) },
      },
      timestamp: timestampFromNs(timeNs),
      validatorAddress: fromHex(consensusAddress(signer).toLowerCase()),
      validatorIndex: index,
    })
    unsigned.signature = signer.consensus.sign(voteSignBytes(CHAIN_ID, unsigned))
    return unsigned
  }
  return [vote('one block'), vote('another block')]
}

/**
 * Whether someone of `people` (not the first) could be caught at `height`, and the Go chain took the
 * evidence.
 */
export const doubleSign = async (
  node: GoNode,
  people: readonly Person[],
  height: number,
): Promise<boolean> => {
  const at = { height: `${height}` }
  const { validators } = await node.call<Validators>('validators', { ...at, per_page: '100' })
  const signer = people
    .slice(1)
    .find((person) => validators.some(({ address }) => address === consensusAddress(person)))
  if (signer === undefined) return false
  const { block } = await node.call<{ block: { header: { time: string } } }>('block', at)
  const timeNs = parseTimeNs(block.header.time)!
  const set = create(ValidatorSetSchema, {
    validators: validators.map(({ address, pub_key, voting_power }) => ({
      address: fromHex(address.toLowerCase()),
      pubKey: {
        sum: { case: 'ed25519' as const, value: new Uint8Array(Buffer.from(pub_key.value, 'base64')) },
      },
      votingPower: BigInt(voting_power),
    })),
  })
  const index = validators.findIndex(({ address }) => address === consensusAddress(signer))
  const evidence = duplicateVoteEvidence(votesFor(signer, height, index, timeNs), timeNs, set)
  await node.call('broadcast_evidence', { evidence: JSON.parse(evidenceText(evidence)) })
  return true
}
