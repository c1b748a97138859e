// What must hold of governance after every block. That its account holds all deposits is not among it: a
// proposal may send away what this account has, deposits of others too, and then the chain stops when these
// are due, as a Go chain does.
import { addCoins, type Coins, coinsFrom, isAllGte, type View } from '../../chain/module.ts'
import { instantNs } from '../../chain/time.ts'
import type { Gov } from './keeper.ts'
import { ProposalStatus } from './proposals.ts'

export const govInvariants = ({ core }: Gov) => {
  const { state } = core
  return {
    /** A proposal has deposits as long as it is open, and they are its total. */
    depositsAddUp(view: View): boolean {
      const sums = new Map<bigint, Coins>()
      for (const [[id], { amount }] of state.deposits.entries(view))
        sums.set(id, addCoins(sums.get(id) ?? [], coinsFrom(amount)))
      for (const [id, { status, totalDeposit }] of state.proposals.entries(view)) {
        const isOpen = status === ProposalStatus.DEPOSIT_PERIOD || status === ProposalStatus.VOTING_PERIOD
        const wanted = isOpen ? coinsFrom(totalDeposit) : []
        const sum = sums.get(id) ?? []
        if (sum.length !== wanted.length || !isAllGte(sum, wanted) || !isAllGte(wanted, sum)) return false
        sums.delete(id)
      }
      return sums.size === 0
    },

    /** An open proposal stands in the queue of its period, and nothing else does. */
    queuesHoldOpenProposals(view: View): boolean {
      const queued = new Map<string, bigint>()
      for (const [[timeNs, id]] of state.inactive.entries(view)) queued.set(`deposits ${id}`, timeNs)
      for (const [[timeNs, id]] of state.active.entries(view)) queued.set(`votes ${id}`, timeNs)
      let open = 0
      for (const [id, { status, depositEndTime, votingEndTime }] of state.proposals.entries(view)) {
        const isVoting = status === ProposalStatus.VOTING_PERIOD
        if (state.voting.has(view, id) !== isVoting) return false
        if (!isVoting && status !== ProposalStatus.DEPOSIT_PERIOD) continue
        const end = isVoting ? votingEndTime : depositEndTime
        if (end === undefined || queued.get(`${isVoting ? 'votes' : 'deposits'} ${id}`) !== instantNs(end))
          return false
        open++
      }
      return open === queued.size
    },

    votesAreForOpenProposals(view: View): boolean {
      for (const [[id]] of state.votes.entries(view)) if (!state.voting.has(view, id)) return false
      return true
    },
  }
}
