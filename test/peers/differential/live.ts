// A recording of a Go node: its blocks and results over RPC, and, once it has stopped, what its database
// holds.
import { join } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import { ClassicLevel } from 'classic-level'
import { toHex } from '../../../chain/bytes.ts'
import { CommitInfoSchema } from '../../../proto/gen/cosmos/store/v1beta1/commit_info_pb.ts'
import { placeText, type RecordedHeight, type Recording, recordingOf } from '../../parity/recording.ts'
import type { GoNode } from './node.ts'

type BlockReply = Pick<RecordedHeight, 'block_id' | 'block'>

/** Blocks `from` to `to` as the replay reads them. */
export const fetchHeights = async (node: GoNode, from: number, to: number): Promise<RecordedHeight[]> => {
  const heights: RecordedHeight[] = []
  for (let height = from; height <= to; height++) {
    const at = { height: `${height}` }
    const [block, results, set] = await Promise.all([
      node.call<BlockReply>('block', at),
      node.call<RecordedHeight['block_results']>('block_results', at),
      node.call<Pick<RecordedHeight, 'validators'>>('validators', { ...at, per_page: '100' }),
    ])
    heights.push({
      ...{ height, block_id: block.block_id, block: block.block },
      ...{ validators: set.validators, block_results: results },
    })
  }
  return heights
}

const NODE_KEY = /^s\/k:([a-z0-9]+)\/s$/
const VERSION_KEY = /^s\/(\d+)$/

/** The recording of a stopped node. */
export const readHome = async (
  home: string,
  genesis: string,
  heights: RecordedHeight[],
): Promise<Recording> => {
  const level = new ClassicLevel<Buffer, Buffer>(join(home, 'data', 'application.db'), {
    ...{ keyEncoding: 'buffer', valueEncoding: 'buffer', createIfMissing: false },
  })
  const nodes = new Map<string, Map<string, Uint8Array>>()
  const roots = new Map<number, Map<string, string>>()
  try {
    for await (const [key, value] of level.iterator({ gte: Buffer.from('s/'), lt: Buffer.from('s0') })) {
      const version = VERSION_KEY.exec(key.toString('latin1'))
      if (version !== null) {
        const { storeInfos } = fromBinary(CommitInfoSchema, new Uint8Array(value))
        roots.set(
          Number(version[1]),
          new Map(storeInfos.map(({ name, commitId }) => [name, toHex(commitId?.hash ?? new Uint8Array())])),
        )
        continue
      }
      const match = key.length > 12 ? NODE_KEY.exec(key.toString('latin1', 0, key.length - 12)) : null
      if (match === null) continue
      const store = nodes.get(match[1]!) ?? new Map<string, Uint8Array>()
      nodes.set(match[1]!, store.set(placeText(key, key.length - 12), new Uint8Array(value)))
    }
  } finally {
    await level.close()
  }
  return recordingOf({
    ...{ genesis, heights, nodes },
    roots: heights.map(({ height }) => roots.get(height) ?? new Map()),
  })
}
