// Which nodes die with a version. Versions are deleted from the oldest on, so a node of version v is still
// needed exactly if version v + 1 uses it too. Both trees are walked in the same order; a subtree that they
// share is skipped whole, so the walk costs what version v + 1 changed (iavl nodedb.go, traverseOrphans).

import type { WriteBatch } from './batch.ts'
import { putNode } from './codec.ts'
import { LEFT, RIGHT, type Side, type Slot } from './layout.ts'
import type { Nodes } from './nodes.ts'
import type { NodeName, NodeRecords } from './records.ts'
import { isEmpty, type Root, rootHash, sameName } from './version.ts'

/**
 * A node still to be visited. Leaves of an inner node of height 1 need not be loaded to be known as leaves.
 */
type Step = Root & { readonly isLeaf: boolean }

const childStep = (nodes: Nodes, slot: Slot, side: Side): Step => ({
  slot: nodes.get(slot, side),
  version: nodes.get(slot, side + 1) >>> 0,
  nonce: nodes.get(slot, side + 2),
  isLeaf: nodes.height(slot) === 1,
})

/** A walk in pre-order; `open` says whether to go below a node. */
const walk = function* (nodes: Nodes, root: Root, open: (step: Step) => boolean): Generator<Step, undefined> {
  const stack: Step[] = isEmpty(root) ? [] : [{ ...root, isLeaf: false }]
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    if (open(step) && !step.isLeaf) {
      const slot = nodes.resolve(step.slot, step.version, step.nonce, true)
      if (!nodes.isLeaf(slot)) stack.push(childStep(nodes, slot, RIGHT), childStep(nodes, slot, LEFT))
    }
    yield step
  }
}

/** The nodes of the tree at `last` under `root` that the next version's tree under `next` does not use. */
export const orphans = function* (nodes: Nodes, root: Root, next: Root, last: number): Generator<Step> {
  const newer = walk(nodes, next, (step) => step.version > last)
  const nextShared = (): Step | undefined => {
    for (let { value } = newer.next(); value !== undefined; { value } = newer.next())
      if (value.version <= last) return value
    return undefined
  }
  let shared = nextShared()
  let isShared = false
  const older = walk(nodes, root, (step) => {
    isShared = shared !== undefined && sameName(step, shared)
    return !isShared
  })
  for (const step of older) {
    if (isShared) shared = nextShared()
    else yield step
  }
}

type RootAt = (version: number) => Root | undefined

/**
 * Deletes the record of one version and of the nodes that die with it. A root that the next version goes on
 * using is moved to nonce 0, so that its version is no longer found (iavl nodedb.go, deleteVersion).
 */
export const deleteVersion = (
  nodes: Nodes,
  records: NodeRecords,
  batch: WriteBatch,
  version: number,
  rootAt: RootAt,
): void => {
  const root = rootAt(version)
  if (root === undefined) return
  batch.delete(records.replacedKey(version))
  const next = rootAt(version + 1)
  const literal = { version, nonce: 1 }
  if (next !== undefined)
    for (const gone of replacedBy(nodes, records, version + 1, root, next)) {
      batch.delete(records.key(gone.version, gone.nonce))
      if (gone.nonce === 1 && gone.version < version) batch.delete(records.key(gone.version, 0))
    }
  if (!sameName(root, literal)) batch.delete(records.key(version, 1))
  if (next === undefined || !sameName(next, literal)) return
  const slot = nodes.resolve(next.slot, next.version, next.nonce, true)
  batch.delete(records.key(version, 1))
  putNode(batch, records, nodes, slot, version, 0)
}

/** What `version` replaced: as it noted itself, or else as the two trees show. */
const replacedBy = (
  nodes: Nodes,
  records: NodeRecords,
  version: number,
  root: Root,
  next: Root,
): Iterable<NodeName> => {
  if (sameName(root, next)) return []
  return records.replaced(version, rootHash(nodes, { ...next })) ?? orphans(nodes, root, next, version - 1)
}
