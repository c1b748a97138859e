// What holds for groups after every block. The Go module has no invariants; these follow from its rules.
import { type Bytes, concatBytes, toHex, uint64BE } from '../../chain/bytes.ts'
import type { View } from '../../chain/module.ts'
import type { Group } from './keeper.ts'
import { memberOf } from './state.ts'
import type { Table } from './table.ts'
import { addWeights, compareWeights, nonNegativeWeight, ZERO } from './weight.ts'

/** Each index of a table has exactly the entries that its rows say. */
const isIndexed = <T>(view: View, table: Table<T>): boolean => {
  const rows = [...table.rows(view)]
  return table.indexes.every((index) => {
    const wanted = new Set(rows.map(([id, row]) => toHex(concatBytes(index.partOf(row), id))))
    const entries: Bytes[] = [...index.entries(view)]
    return entries.length === wanted.size && entries.every((entry) => wanted.has(toHex(entry)))
  })
}

export const groupInvariants = ({ core }: Group) => {
  const { state } = core
  return {
    weightsAddUp(view: View): boolean {
      for (const [, { id, totalWeight }] of state.groups.rows(view)) {
        const members = [...state.membersByGroup.rows(view, uint64BE(id))]
        const sum = members
          .map(([, member]) => nonNegativeWeight(memberOf(member).weight))
          .reduce(addWeights, ZERO)
        if (compareWeights(sum, nonNegativeWeight(totalWeight)) !== 0) return false
      }
      return true
    },
    votesHaveProposals(view: View): boolean {
      for (const [, { proposalId }] of state.votes.rows(view))
        if (!state.proposals.has(view, uint64BE(proposalId))) return false
      return true
    },
    proposalsHavePolicies(view: View): boolean {
      for (const [, { groupPolicyAddress }] of state.proposals.rows(view))
        if (state.policies.get(view, policyId(core, groupPolicyAddress)) === undefined) return false
      return true
    },
    rowsAreIndexed: (view: View): boolean =>
      isIndexed(view, state.groups) &&
      isIndexed(view, state.members) &&
      isIndexed(view, state.policies) &&
      isIndexed(view, state.proposals) &&
      isIndexed(view, state.votes),
  }
}

const policyId = ({ addresses }: Group['core'], address: string): Bytes => {
  const bytes = addresses.bytes(address)
  return concatBytes(Uint8Array.of(bytes.length), bytes)
}
