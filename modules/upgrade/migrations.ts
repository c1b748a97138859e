// Bringing modules from one version to the next (the SDK's Manager.RunMigrations): in the order of their
// names, auth last; a module that is new begins with its default genesis.
import { create } from '@bufbuild/protobuf'
import { type Ctx, type Module, sdk } from '../../chain/module.ts'
import type { VersionMap } from './state.ts'

/** What brings a module from a version to the next, by the version that it begins with. */
export type Migrations = Readonly<Record<string, Readonly<Record<number, (ctx: Ctx) => void>>>>

export type MigrationTools = {
  /** The modules of the new code; of those that are not listed only the version is noted. */
  readonly modules: readonly Module[]
  /** Versions of the new code. */
  readonly versions: VersionMap
  readonly migrations?: Migrations
}

/** Returns the versions after. Throws sdk 38 if a step is missing. */
export const runMigrations = (
  ctx: Ctx,
  from: VersionMap,
  { modules, versions, migrations = {} }: MigrationTools,
): VersionMap => {
  for (const name of Object.keys(versions).sort(authLast)) {
    const before = from[name]
    if (before !== undefined) migrate(ctx, name, before, versions[name]!, migrations[name])
    else
      begin(
        ctx,
        modules.find((module) => module.name === name),
      )
  }
  return versions
}

const authLast = (a: string, b: string): number =>
  Number(a === 'auth') - Number(b === 'auth') || (a < b ? -1 : 1)

const migrate = (ctx: Ctx, name: string, from: bigint, to: bigint, steps: Migrations[string] | undefined) => {
  if (to <= 1n || from === to) return
  if (steps === undefined) throw sdk.notFound(`no migrations found for module ${name}`)
  for (let version = Number(from); version < to; version++) {
    const step = steps[version]
    if (step === undefined)
      throw sdk.notFound(
        `no migration found for module ${name} from version ${version} to version ${version + 1}`,
      )
    step(ctx)
  }
}

const begin = (ctx: Ctx, module: Module | undefined): void => {
  const genesis = module?.genesis
  if (genesis === undefined) return
  const updates = genesis.init(ctx, create(genesis.schema, genesis.default())) ?? []
  if (updates.length > 0) throw sdk.logic('validator InitGenesis update is already set by another module')
}
