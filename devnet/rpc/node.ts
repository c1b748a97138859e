// What the RPC needs of a chain, and the checks that many of its methods share (rpc/core/env.go).
import type { BlockStore } from '../../chain/consensus/engine.ts'
import type { ChainNode } from '../chain.ts'

export type RpcNode = Pick<
  ChainNode,
  'genesis' | 'engine' | 'app' | 'index' | 'info' | 'submit' | 'onBlock' | 'saving'
>

const DEFAULT_PER_PAGE = 30
const MAX_PER_PAGE = 100

/** How many items a page holds. */
export const perPageOf = (asked: bigint | undefined): number =>
  asked === undefined || asked < 1n ? DEFAULT_PER_PAGE : asked > MAX_PER_PAGE ? MAX_PER_PAGE : Number(asked)

/** The height that is asked for, or the latest. Light clients recognise these texts. */
export const heightOf = (blocks: BlockStore, asked: bigint | undefined, latest = blocks.height): number => {
  if (asked === undefined) return latest
  if (asked <= 0n) throw new Error(`height must be greater than 0, but got ${asked}`)
  if (asked > latest)
    throw new Error(`height ${asked} must be less than or equal to the current blockchain height ${latest}`)
  if (asked < blocks.base)
    throw new Error(`height ${asked} is not available, lowest height is ${blocks.base}`)
  return Number(asked)
}

/** The height that consensus works on; of it the validators and parameters are known. */
export const uncommittedHeight = ({ engine }: RpcNode): number =>
  engine.blocks.height === 0 ? engine.initialHeight : engine.blocks.height + 1
