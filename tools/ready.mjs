// Makes a working copy ready to run: installs what the lock file names and builds what the sources changed.
// Every script begins here, so that one command works on a fresh clone; when nothing changed it costs a few
// milliseconds. It uses nothing that is not part of Node, and starts programs without a shell, so that it
// runs on any system.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const at = (...path) => join(root, ...path)

/** What `dist` is made from. */
const SOURCES = [
  'chain',
  'modules',
  'relayer',
  'sim',
  'devnet',
  'proto/gen',
  'tools/build.mjs',
  'tools/bundle.mjs',
]
const MANIFESTS = ['package.json', 'package-lock.json']
export const STAMP = at('dist', '.sources')

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** The packages that node_modules lacks or has in another version than the lock file says. */
const outdated = () => {
  const hidden = at('node_modules', '.package-lock.json') // npm's record of what it installed
  if (!existsSync(hidden)) return ['node_modules']
  const wanted = readJson(at('package-lock.json')).packages
  const present = readJson(hidden).packages
  return Object.keys(wanted).filter((path) => {
    if (path === '') return false
    const { version, optional } = wanted[path]
    return present[path] === undefined ? !optional : present[path].version !== version
  })
}

/** npm as a script for this very Node: on Windows `npm` is a batch file, which only a shell can start. */
const npmScript = () => {
  const near = dirname(process.execPath)
  const candidates = [
    process.env.npm_execpath,
    join(near, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(near, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ]
  return candidates.find((path) => path !== undefined && /npm-cli\.c?js$/.test(path) && existsSync(path))
}

/** Runs npm with its output on standard error, since standard output belongs to the program that follows. */
export const npm = (args, { cwd = root } = {}) => {
  const options = { cwd, stdio: ['ignore', 2, 2] }
  const script = npmScript()
  return script === undefined
    ? spawnSync('npm', args, options)
    : spawnSync(process.execPath, [script, ...args], options)
}

export const ensureInstalled = () => {
  const missing = outdated()
  if (missing.length === 0) return
  const names = missing.map((path) => path.replace(/^.*node_modules\//, ''))
  console.error(`Installing from package-lock.json (${names.slice(0, 3).join(', ')} …), once`)
  const { status, error } = npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'])
  if (status === 0) return
  console.error(`npm ci failed${error ? `: ${error.message}` : ''}. Run it by hand to see why.`)
  process.exit(1)
}

const describe = (path) => {
  const stat = statSync(at(path), { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [`${path} ${stat.size} ${stat.mtimeMs}`]
  return readdirSync(at(path))
    .sort()
    .flatMap((name) => describe(`${path}/${name}`))
}

/** Changes whenever a source is added, removed or written. */
export const fingerprint = () =>
  createHash('sha256')
    .update([...SOURCES, ...MANIFESTS].flatMap(describe).join('\n'))
    .digest('hex')

/** @returns false where the build failed; its errors are on standard error then */
export const ensureBuilt = async () => {
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint()) return true
  const { build, BuildFailed } = await import('./build.mjs')
  try {
    await build()
    return true
  } catch (error) {
    if (error instanceof BuildFailed) return false
    throw error
  }
}

/** The script behind a package's command, to be run by Node itself. */
export const binOf = (name, command = name) => {
  const manifest = at('node_modules', name, 'package.json')
  const { bin } = createRequire(manifest)(manifest)
  return resolve(dirname(manifest), typeof bin === 'string' ? bin : bin[command])
}

/** Runs a Node script in the foreground; answers its exit code. */
export const runNode = (args, options = {}) => {
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) throw error
  return status ?? 1
}

/** Whether `url` (an import.meta.url) is the script that Node was started with. */
export const isMain = (url) =>
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url)

if (isMain(import.meta.url)) {
  ensureInstalled()
  process.exitCode = (await ensureBuilt()) ? 0 : 1
}
