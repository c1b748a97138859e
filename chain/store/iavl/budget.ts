// How much memory the trees of a multistore may take up together for nodes that are also on disk. What the
// working state has not saved yet is not bounded. Whoever is largest gives way first, so a small busy store
// is not emptied because of a large idle one.
import type { Nodes } from './nodes.ts'

export class Budget {
  private readonly known = new Map<Nodes, number>()
  private total = 0

  /** `limit` in bytes. */
  constructor(private readonly limit: number) {}

  join(nodes: Nodes): void {
    this.known.set(nodes, 0)
  }

  leave(nodes: Nodes): void {
    this.total -= this.known.get(nodes) ?? 0
    this.known.delete(nodes)
  }

  /** Takes note of what the nodes use by now. */
  settle(nodes: Nodes): void {
    const before = this.known.get(nodes)
    if (before === undefined) return
    const used = nodes.usedBytes
    this.known.set(nodes, used)
    this.total += used - before
  }

  get isExceeded(): boolean {
    return this.total > this.limit
  }

  /**
   * Puts nodes out of memory until an eighth of the limit is free. No caller may hold on to slots across
   * this.
   */
  relieve(): void {
    const bySize = [...this.known].sort(([, a], [, b]) => b - a)
    for (const [nodes] of bySize) {
      const excess = this.total - this.limit + (this.limit >>> 3)
      if (excess <= 0) return
      nodes.evict(Math.max(nodes.usedBytes - excess, 0))
      this.settle(nodes)
    }
  }
}
