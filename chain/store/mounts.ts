// Which stores a multistore has had, and when: upgrades add, remove and rename them, queries and rollbacks go
// back behind an upgrade.
import type { StoreRoot } from './commit-info.ts'
import { byName } from './commit-info.ts'
import type { WriteBatch } from './iavl/batch.ts'
import type { Budget } from './iavl/budget.ts'
import { NodeRecords } from './iavl/records.ts'
import { Tree } from './iavl/tree.ts'
import type { Disk } from './kv.ts'

/**
 * 'tree' is part of the app hash and on disk; 'memory' is neither; 'transient' is emptied by every commit
 * besides.
 */
export type Kind = 'tree' | 'memory' | 'transient'

/** A store in the versions `from` up to before `until`. */
export type Mounted = {
  readonly name: string
  readonly kind: Kind
  readonly tree: Tree
  readonly from: number
  until: number
}

export class Mounts {
  /** Sorted by name. */
  private all: Mounted[] = []

  constructor(
    private readonly disk: Disk | undefined,
    private readonly budget: Budget,
    private readonly willPrune: boolean,
  ) {}

  /** Mounts an empty store from this version on. Throws an Error if there is one of that name. */
  mount(name: string, kind: Kind, from: number): Mounted {
    if (this.current(name) !== undefined) throw new Error(`store ${name} is mounted already`)
    const records = kind === 'tree' && this.disk !== undefined ? new NodeRecords(this.disk, name) : undefined
    const mounted = {
      name,
      kind,
      tree: new Tree(records, this.budget, this.willPrune),
      from,
      until: Infinity,
    }
    this.all.push(mounted)
    this.all.sort((a, b) => byName(a.name, b.name) || a.from - b.from)
    return mounted
  }

  /** Unmounts a store from this version on. */
  remove(name: string, until: number): void {
    const mounted = this.current(name)
    if (mounted?.kind !== 'tree') throw new Error(`no store ${name} is mounted that could be removed`)
    mounted.until = until
  }

  currents(): Mounted[] {
    return this.all.filter(({ until }) => until === Infinity)
  }

  trees(): Mounted[] {
    return this.currents().filter(({ kind }) => kind === 'tree')
  }

  treesAt(version: number): Mounted[] {
    return this.all.filter((mounted) => mounted.kind === 'tree' && isAt(mounted, version))
  }

  current(name: string): Mounted | undefined {
    return this.all.find((mounted) => mounted.name === name && mounted.until === Infinity)
  }

  at(name: string, version: number): Mounted | undefined {
    return this.all.find((mounted) => mounted.name === name && isAt(mounted, version))
  }

  /**
   * Deletes the versions from `from` to `to`; a store that was removed before the next one goes altogether.
   */
  prune(from: number, to: number, batch: WriteBatch): void {
    for (const { tree, kind, until } of this.all) {
      if (kind === 'transient') continue
      tree.prune(from, Math.min(to, until - 2), batch)
      if (until <= to + 1) tree.erase(batch)
    }
    this.all = this.all.filter(({ until }) => until > to + 1)
  }

  /**
   * Goes back to `version` with the stores that its commit names; without them to before the first one.
   * `oldest` is the oldest version that is kept.
   */
  rollback(
    version: number,
    first: number,
    stores: readonly StoreRoot[] | undefined,
    oldest: number,
    batch: WriteBatch,
  ): void {
    const last = stores === undefined ? first : version
    const isKept = ({ name, kind, from }: Mounted) =>
      from <= last && (stores === undefined || kind !== 'tree' || stores.some((store) => store.name === name))
    for (const mounted of this.all) {
      mounted.tree.rollback(version, oldest, batch)
      if (!isKept(mounted)) mounted.tree.close()
      else if (mounted.until > last) mounted.until = Infinity
    }
    this.all = this.all.filter(isKept)
    for (const { name } of stores ?? [])
      if (this.at(name, version) === undefined) this.mount(name, 'tree', 0).tree.open(version)
  }
}

const isAt = ({ from, until }: Mounted, version: number): boolean => from <= version && version < until
