// Blocks and what belongs to them (rpc/core/blocks.go, consensus.go).
import type { BlockStore } from '../../chain/consensus/engine.ts'
import { blockMetaText, commitText, headerText, storedBlockText, validatorText } from './json/block.ts'
import { blockResultsText } from './json/results.ts'
import { integer, list } from './json/text.ts'
import { type Methods, method } from './method.ts'
import { heightOf, perPageOf, type RpcNode, uncommittedHeight } from './node.ts'
import { pageRange } from './page.ts'

/** The most headers that `blockchain` gives. */
const BLOCKCHAIN_LIMIT = 20

const LATEST = { cacheable: ['height'] }

const headerAt = (blocks: BlockStore, height: number | undefined): string => {
  const header = height === undefined ? undefined : blocks.block(height)?.block.header
  return `{"header":${header ? headerText(header) : 'null'}}`
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** Highest first. */
const blockchainText = (blocks: BlockStore, minHeight: bigint, maxHeight: bigint): string => {
  if (minHeight < 0n || maxHeight < 0n) throw new Error('heights must be non-negative')
  const height = BigInt(blocks.height)
  const max = least(height, maxHeight === 0n ? height : maxHeight)
  const min = most(
    most(BigInt(blocks.base), minHeight === 0n ? 1n : minHeight),
    max - BigInt(BLOCKCHAIN_LIMIT) + 1n,
  )
  if (min > max) throw new Error(`min height ${min} can't be greater than max height ${max}`)
  const metas: string[] = []
  for (let at = Number(max); at >= Number(min); at--) {
    const stored = blocks.block(at)
    metas.push(stored ? blockMetaText(stored) : 'null')
  }
  return `{"last_height":${integer(height)},"block_metas":[${metas.join(',')}]}`
}

/**
 * The commit of the latest block is the one seen, which the next block may not repeat: it is not canonical.
 */
const commitAt = (blocks: BlockStore, height: number): string => {
  const header = blocks.block(height)?.block.header
  if (header === undefined) return 'null'
  const commit = blocks.commit(height)
  return (
    `{"signed_header":{"header":${headerText(header)},"commit":${commit ? commitText(commit) : 'null'}},` +
    `"canonical":${height !== blocks.height}}`
  )
}

type Page = { height: bigint | undefined; page: bigint | undefined; per_page: bigint | undefined }
const validatorsText = (node: RpcNode, asked: Page): string => {
  const { blocks } = node.engine
  const height = heightOf(blocks, asked.height, uncommittedHeight(node))
  const set = blocks.validators(height)
  if (set === undefined) throw new Error(`could not find validator set for height #${height}`)
  const total = set.validators.length
  const { start, end } = pageRange(asked.page, perPageOf(asked.per_page), total)
  const validators = set.validators.slice(start, end)
  return (
    `{"block_height":${integer(height)},"validators":${list(validators, validatorText)},` +
    `"count":${integer(validators.length)},"total":${integer(total)}}`
  )
}

export const blockMethods = (node: RpcNode): Methods => {
  const { blocks } = node.engine
  return {
    block: method(
      { height: 'int64?' },
      ({ height }) => storedBlockText(blocks.block(heightOf(blocks, height))),
      LATEST,
    ),
    block_by_hash: method(
      { hash: 'bytes' },
      ({ hash }) => storedBlockText(blocks.block(blocks.heightOf(hash) ?? 0)),
      { cacheable: [] },
    ),
    header: method({ height: 'int64?' }, ({ height }) => headerAt(blocks, heightOf(blocks, height)), LATEST),
    header_by_hash: method({ hash: 'hex' }, ({ hash }) => headerAt(blocks, blocks.heightOf(hash)), {
      cacheable: [],
    }),
    block_results: method(
      { height: 'int64?' },
      (args) => {
        const height = heightOf(blocks, args.height)
        const results = blocks.results(height)
        if (results === undefined) throw new Error(`could not find results for height #${height}`)
        return blockResultsText(results)
      },
      LATEST,
    ),
    blockchain: method(
      { minHeight: 'int64', maxHeight: 'int64' },
      ({ minHeight, maxHeight }) => blockchainText(blocks, minHeight, maxHeight),
      { cacheable: [] },
    ),
    commit: method({ height: 'int64?' }, ({ height }) => commitAt(blocks, heightOf(blocks, height)), LATEST),
    validators: method(
      { height: 'int64?', page: 'int?', per_page: 'int?' },
      (page) => validatorsText(node, page),
      LATEST,
    ),
  }
}
