// The headers and validator sets of the last blocks, which light clients of other chains are checked against
// (SDK x/staking/keeper/historical_info.go). The record of a block is put together from the validators'
// records as they lie in the store: with a hundred validators it has 35 kB and is written in every block.
import { type Bytes, compareBytes } from '../../chain/bytes.ts'
import { ProtoWriter } from '../../chain/consensus/wire.ts'
import { type BlockInfo, type Ctx, encodeKey, prefixedAddressKey, type View } from '../../chain/module.ts'
import type { Core } from './core.ts'
import type { Pools } from './pools.ts'
import { writeTime } from './record.ts'
import { NAME } from './state.ts'
import { consensusPower, type Validator } from './validator.ts'

const NO_PARTS = new Uint8Array([0x12, 0])

/** The header as the application knows it: fields that only consensus fills in are empty. */
const writeHeader = (writer: ProtoWriter, block: BlockInfo): void => {
  const start = writer.begin(1)
  writer.item(1, new Uint8Array())
  writer.text(2, block.chainId)
  writer.int64(3, block.height)
  writeTime(writer, 4, block.timeNs)
  writer.item(5, NO_PARTS)
  writer.bytes(9, block.nextValidatorsHash)
  writer.bytes(11, block.appHash)
  writer.bytes(14, block.proposer)
  writer.end(start)
}

export const history = ({ state, powerReduction }: Core, { params }: Pick<Pools, 'params'>) => {
  /** The validators that the last block was left with, each beside its record. */
  const lastRecords = (view: View, most: number): [Validator, Bytes][] => {
    const kv = view.store(NAME)
    const records: [Validator, Bytes][] = []
    for (const [operator] of state.lastPowers.entries(view)) {
      if (records.length >= most) throw new Error('more validators than maxValidators found')
      const key = encodeKey(state.validators.prefix, prefixedAddressKey, operator)
      const bytes = kv.get(key)
      if (bytes === undefined) throw new Error('a validator of the last set has no record')
      records.push([state.validators.decode([key, bytes])[1], bytes])
    }
    return records
  }

  /** As CometBFT sorts a set: greater power first, then the lower address. */
  const byVotingPower = ([a]: [Validator, Bytes], [b]: [Validator, Bytes]): number => {
    const difference = consensusPower(b, powerReduction) - consensusPower(a, powerReduction)
    return difference === 0n ? compareBytes(a.consAddress, b.consAddress) : difference > 0n ? 1 : -1
  }

  return {
    /** Writes the record of this block and drops those that are too old. */
    track(ctx: Ctx): void {
      const { historicalEntries, maxValidators } = params(ctx)
      const { height } = ctx.block
      for (let old = height - BigInt(historicalEntries); old >= 0n; old--) {
        if (!state.history.has(ctx, old)) break
        state.history.remove(ctx, old)
      }
      if (historicalEntries === 0) return
      const records = lastRecords(ctx, maxValidators).sort(byVotingPower)
      const writer = new ProtoWriter(256 + records.reduce((size, [, { length }]) => size + 4 + length, 0))
      writeHeader(writer, ctx.block)
      for (const [, record] of records) writer.item(2, record)
      state.history.set(ctx, height, writer.finish())
    },
  }
}
