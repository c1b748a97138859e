// A context on empty stores, for tests of what stands on it.
import { Context } from '../../../chain/module.ts'
import { blockInfo } from '../../../chain/runtime/app/state.ts'
import { Stores } from '../../../chain/runtime/stores.ts'
import type { Kv } from '../../../chain/store/kv.ts'
import { sortedKv } from './sorted-kv.ts'

export const openContext = (names: readonly string[]) => {
  const bases = new Map<string, Kv>(names.map((name) => [name, sortedKv()]))
  const open = (name: string) => {
    const base = bases.get(name)
    if (base === undefined) throw new Error(`no store ${name}`)
    return base
  }
  const stores = new Stores(open, new Set())
  return { ctx: new Context(stores, blockInfo({ height: 1n }), 'finalize'), open }
}
