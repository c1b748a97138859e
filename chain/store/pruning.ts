// Which versions a commit deletes.

/** The SDK's settings (store/pruning/types/options.go). `interval` 0 keeps everything. */
export type Pruning = { readonly keepRecent: number; readonly interval: number }

/** Versions that must be kept, and all later ones with them, each as often as it was added. */
export class Pins {
  private readonly counts = new Map<number, number>()

  add(version: number): void {
    this.counts.set(version, (this.counts.get(version) ?? 0) + 1)
  }

  remove(version: number): void {
    const count = this.counts.get(version) ?? 0
    if (count > 1) this.counts.set(version, count - 1)
    else this.counts.delete(version)
  }

  /** The lowest one; Infinity if there is none. */
  get lowest(): number {
    return Math.min(...this.counts.keys())
  }
}

/**
 * The last version that goes with the commit of `version`, 0 if none does: the rule of
 * store/pruning/manager.go, GetPruningHeight, with pins in the place of snapshot heights.
 */
export const pruneTo = (pruning: Pruning | undefined, version: number, pins: Pins): number => {
  if (pruning === undefined || pruning.interval <= 0) return 0
  if (version % pruning.interval !== 0 || version <= pruning.keepRecent) return 0
  return Math.min(version - 1 - pruning.keepRecent, pins.lowest - 1)
}
