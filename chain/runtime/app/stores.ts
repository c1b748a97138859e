// Opens the stores of a chain. They are those of its last block; an upgrade that is due with the next one
// changes which they are before that block begins (the SDK's UpgradeStoreLoader), and a chain that was
// started with other modules without an upgrade is refused.
import type { Disk, ReadKv } from '../../store/kv.ts'
import { storedNames } from '../../store/ledger.ts'
import { type MultiStore, openMultiStore } from '../../store/multistore.ts'
import type { Module } from '../definition.ts'

/** What an upgrade does to the stores, all at its height. */
export type StoreUpgrades = {
  readonly added?: readonly string[]
  readonly renamed?: readonly { readonly from: string; readonly to: string }[]
  readonly deleted?: readonly string[]
}
/** Asked when a chain is opened with other stores than it has; `next` is the height of its next block. */
export type StoreUpgradePlan = (
  read: (store: string) => ReadKv | undefined,
  next: bigint,
) => StoreUpgrades | undefined

type StoreOptions = {
  readonly modules: readonly Module[]
  readonly disk: Disk
  readonly pruning?: { keepRecent: number; interval: number } | undefined
  readonly initialHeight?: number | undefined
  readonly openStore?: typeof openMultiStore
  readonly storeUpgrades?: StoreUpgradePlan | undefined
}

export const storeNames = (
  modules: readonly Module[],
  kind: 'stores' | 'transient' | 'memory' = 'stores',
): string[] => modules.flatMap((module) => module[kind] ?? [])

export const openStores = (options: StoreOptions): MultiStore => {
  const { modules, disk, pruning, initialHeight, openStore = openMultiStore, storeUpgrades } = options
  const wanted = storeNames(modules)
  const open = (stores: readonly string[]) =>
    openStore({
      ...{ disk, stores, pruning, initialVersion: initialHeight },
      ...{ transient: storeNames(modules, 'transient'), memory: storeNames(modules, 'memory') },
    })
  const stored = storedNames(disk)
  if (storeUpgrades === undefined || stored.length === 0 || isSame(wanted, stored)) return open(wanted)
  const multistore = open(stored)
  const read = (name: string) => (stored.includes(name) ? multistore.store(name) : undefined)
  const upgrades = storeUpgrades(read, BigInt(multistore.version + 1))
  multistore.addStores(upgrades?.added ?? [])
  multistore.renameStores(upgrades?.renamed ?? [])
  multistore.removeStores(upgrades?.deleted ?? [])
  expectStores(multistore, wanted)
  return multistore
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name))

const expectStores = ({ names, version }: MultiStore, wanted: readonly string[]): void => {
  const lacking = wanted.filter((name) => !names.includes(name))
  const left = names.filter((name) => !wanted.includes(name))
  if (lacking.length + left.length === 0) return
  const changes = [
    ...(lacking.length > 0 ? [`adds ${lacking.join(', ')}`] : []),
    ...(left.length > 0 ? [`drops ${left.join(', ')}`] : []),
  ].join(' and ')
  throw new Error(
    `the chain stands at height ${version}, and this code ${changes}: ` +
      'stores change only with an upgrade whose plan is due at the next height and whose handler names them',
  )
}
