// The house rules that a machine can check, one function a rule. Style is biome's business and types are
// tsc's; these are about what may depend on what, about purity, and about size.
import { posix } from 'node:path'
import { readSource, type Source } from './source.ts'

export type Problem = { path: string; line: number; rule: string; why: string }
type Say = (line: number, rule: string, why: string) => void
type Rule = (source: Source, say: Say) => void

/** Files that may break a size rule, each with the reason. The only list of exceptions. */
export const EXCEPTIONS: Record<string, { rule: string; reason: string }> = {}

/** Which top-level folders a folder may import besides itself. */
const MAY_IMPORT: Record<string, string[]> = {
  proto: [],
  chain: ['proto'],
  modules: ['proto', 'chain'],
  relayer: ['proto', 'chain'],
  sim: ['proto', 'chain', 'modules'],
  devnet: ['proto', 'chain', 'modules', 'relayer', 'sim'],
  tools: ['proto', 'chain'],
  bench: ['proto', 'chain', 'modules', 'relayer', 'sim', 'devnet'],
  test: ['proto', 'chain', 'modules', 'relayer', 'sim', 'devnet', 'tools', 'bench'],
}
const CORE = ['chain', 'modules', 'sim']
const SHIPPED = [...CORE, 'relayer', 'devnet']
/**
 * The protobuf runtime, hashing, curves and encodings: synchronous, without IO, the same on every machine.
 */
const CORE_PACKAGES = /^(?:@bufbuild\/protobuf|@noble\/(?:curves|hashes)|@scure\/base)(?:\/|$)/

/** ES modules, and native addons that are not bundled: what `import()` gives is the same bundled and not. */
const LAZY_PACKAGES = /^(?:node:|@bitauth\/libauth|classic-level|secp256k1\/|@noble\/|@scure\/|@bufbuild\/)/

const topOf = (path: string): string => path.split('/')[0]!
const isTest = (path: string): boolean => /^(?:test|bench)\//.test(path)
const isDeclaration = (path: string): boolean => path.endsWith('.d.ts')
/** Assembled by tools/wasm.ts. */
const isGenerated = (path: string): boolean => path.startsWith('proto/gen/') || path.endsWith('.wasm.ts')

/** The folder that holds `chain/<part>`, or a module's name in `modules/<name>`. */
const partOf = (path: string): string => path.split('/').slice(1, -1)[0] ?? ''

const betweenParts = (from: string, to: string, typeOnly: boolean): string | undefined => {
  const [fromTop, toTop] = [topOf(from), topOf(to)]
  const ground = ['store', 'consensus', 'abci']
  if (fromTop === 'chain' && toTop === 'chain' && ground.includes(partOf(from)))
    if (partOf(to) === 'runtime' || to === 'chain/module.ts')
      return `chain/${partOf(from)} knows no module: it may not import ${to}`
  if (fromTop === 'modules' && toTop === 'modules' && partOf(from) !== partOf(to) && !typeOnly)
    return `a module gets another module's keeper as an argument: import only its type from ${to}`
  if (fromTop === 'sim' && toTop === 'relayer' && to !== 'relayer/plan.ts')
    return 'sim may import only plan.ts of the relayer, which is pure'
  return undefined
}

const directions: Rule = ({ path, imports }, say) => {
  const top = topOf(path)
  const allowed = MAY_IMPORT[top] ?? []
  for (const { line, target, typeOnly, dynamic } of imports) {
    if (!target.startsWith('.')) {
      if (dynamic && SHIPPED.includes(top) && !LAZY_PACKAGES.test(target))
        say(
          line,
          'lazy-package',
          `import() a file of ours that imports it: bundled, its named exports are lost`,
        )
      if (CORE.includes(top) && !CORE_PACKAGES.test(target))
        say(
          line,
          'core-packages',
          `${top} is pure: '${target}' belongs in devnet, which injects what it does`,
        )
      continue
    }
    const to = posix.join(posix.dirname(path), target)
    if (!/\.(?:ts|mjs|json)$/.test(to))
      say(line, 'import-extension', `write the file's extension: '${target}'`)
    const planForSim = top === 'sim' && to.startsWith('relayer/')
    if (to.includes('/') && topOf(to) !== top && !allowed.includes(topOf(to)) && !planForSim)
      say(line, 'import-direction', `${top} may not import ${to}`)
    const between = betweenParts(path, to, typeOnly)
    if (between !== undefined) say(line, 'import-direction', between)
  }
}

/** Each pattern is matched against code without strings and comments; a property of that name is allowed. */
const IMPURE: [RegExp, string][] = [
  [/(?<![.\w$])(?:Date|performance)\b(?!\s*[?:])/, 'time is an input: use the time of the block'],
  [/(?<![.\w$])(?:set|clear)(?:Timeout|Interval|Immediate)\b|(?<![.\w$])queueMicrotask\b/, 'no timers'],
  [/\bMath\.random\b|(?<![.\w$])crypto\b(?!\s*[?:])/, 'randomness is an input: draw from the seed'],
  [/(?<![.\w$])(?:async|await)\b(?!\s*[?:])|(?<![.\w$])Promise\b/, 'the core is synchronous'],
  [
    /\bMath\.(?!(?:min|max|imul|clz32|floor|ceil|trunc|abs|random)\b)\w+/,
    'no floats: use bigint, name the rounding',
  ],
  [/(?<![\w$.])\d[\d_]*\.\d|(?<![\w$.])\d+e-\d/, 'no floats: use bigint and name the rounding'],
  [/(?<![.\w$])(?:parseFloat|Float32Array|Float64Array)\b|\.[gs]etFloat(?:32|64)\b/, 'no floats'],
  [/\.(?:toFixed|toPrecision|toExponential)\(|\bNumber\.(?:parseFloat|EPSILON|MIN_VALUE)\b/, 'no floats'],
  [/\.localeCompare\b|\.toLocale\w+|(?<![.\w$])Intl\b/, 'no locale: order by bytes, print by hand'],
  [/\.(?:sort|toSorted)\(\s*\)/, 'name the order: the default one compares UTF-16 units'],
  [
    /(?<![.\w$])(?:process|console|globalThis|Buffer|__dirname)\b(?!\s*[?:])|(?<![.\w$])require\(\s*['"]/,
    'no host in the core',
  ],
  [
    /(?<![.\w$])(?:WeakRef|FinalizationRegistry|SharedArrayBuffer|Atomics)\b/,
    'garbage and threads have no order',
  ],
]

const purity: Rule = ({ path, code }, say) => {
  if (!CORE.includes(topOf(path))) return
  code.split('\n').forEach((line, at) => {
    for (const [pattern, why] of IMPURE)
      if (pattern.test(line)) say(at + 1, 'pure-core', `${line.match(pattern)![0].trim()}: ${why}`)
  })
}

/** A mutable variable of a file is shared by all chains of the process. */
const noGlobals: Rule = ({ path, code, functions, lineAt }, say) => {
  if (!CORE.includes(topOf(path))) return
  for (const { index } of code.matchAll(/^(?:export )?(?:let|var) /gm))
    if (!functions.some(({ start, end }) => start < index && index < end))
      say(
        lineAt(index),
        'no-globals',
        'several chains run in one process: keep state in what a function returns',
      )
}

/** Source must run as an ES module bundle and, under jest, as CommonJS. */
const bothModuleKinds: Rule = ({ path, code, functions, lineAt }, say) => {
  if (!SHIPPED.includes(topOf(path))) return
  for (const { index } of code.matchAll(/\bimport\.meta\b/g))
    say(lineAt(index), 'both-module-kinds', 'import.meta does not exist in CommonJS')
  for (const { index } of code.matchAll(/(?<![.\w$])await\s/g)) {
    const arrow = /\basync\b[^\n]*=>[^\n]*$/.test(code.slice(0, index))
    if (!arrow && !functions.some(({ start, end }) => start < index && index < end))
      say(lineAt(index), 'both-module-kinds', 'a top-level await does not exist in CommonJS')
  }
}

const honesty: Rule = ({ path, code, comments, lineAt }, say) => {
  for (const { index } of code.matchAll(
    /\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}|\.catch\(\s*\([^)]*\)\s*=>\s*\{\s*\}/g,
  ))
    say(lineAt(index), 'empty-catch', 'handle what failed, or let it fail')
  for (const { line, text } of comments) {
    if (/\b(?:TODO|FIXME|XXX|HACK)\b/.test(text)) say(line, 'no-todo', 'file an issue instead')
    if (/@ts-(?:ignore|nocheck)|eslint-/.test(text))
      say(line, 'no-silencing', 'fix what the tool complains about')
    if (/@ts-expect-error/.test(text) && !path.startsWith('test/'))
      say(line, 'no-silencing', 'only a test of a type promise expects a type error')
    if (
      /^\/\/\s*(?:(?:const|let) \w+ =|import .* from '|export (?:const|type)|\}\s*$|return .*\($)/.test(text)
    )
      say(line, 'no-dead-code', 'commented-out code: git remembers it')
  }
}

const columns: Rule = ({ lines }, say) =>
  lines.forEach((line, at) => {
    if ([...line].length > 110) say(at + 1, 'columns', `${[...line].length} columns, 110 are allowed`)
    if (line.includes('\r')) say(at + 1, 'line-end', 'lines end with LF alone')
  })

const size: Rule = ({ path, lines, functions }, say) => {
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length
  if (!isTest(path) && !isGenerated(path) && count > 300)
    say(301, 'file-size', `${count} lines, 300 are allowed: it holds more than one noun`)
  for (const { line, ownLines } of functions)
    if (ownLines > 70)
      say(line, 'function-size', `${ownLines} lines of its own, 70 are allowed (40 are better)`)
}

const names: Rule = ({ path, text, code, lines }, say) => {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:test\.)?ts$/, '')
  if (/^(?:utils?|helpers?|common|types|misc|stuff)$/.test(name))
    say(1, 'file-name', `'${name}' says nothing: name the file after what it owns`)
  const entry = path === 'chain/module.ts' || path === 'devnet/index.ts'
  const statements = code.match(/^(?:export|import|const|let|function|class|type|interface)\b/gm) ?? []
  const reexports = [...code.matchAll(/^export\b[^=]*?\bfrom\s*['"]/gm)].filter(
    ({ index, 0: match }) => text[index + match.length] === '.',
  )
  if (!entry && reexports.length > 0 && reexports.length === statements.length)
    say(1, 'no-barrel', 'it only re-exports: import from the file that owns the thing')
  const first = lines[0]?.startsWith('#!') ? lines[1] : lines[0]
  if (!isTest(path) && !isDeclaration(path) && !/^\/[/*]/.test(first ?? ''))
    say(1, 'file-head', 'begin with a comment: what the file owns and why its method is right')
}

const RULES: Rule[] = [directions, purity, noGlobals, bothModuleKinds, honesty, columns, size, names]

/** What is wrong with one file. `path` is relative to the project's root and has forward slashes. */
export const tidy = (path: string, text: string): Problem[] => {
  const problems: Problem[] = []
  if (path.startsWith('proto/gen/')) return problems
  const source = readSource(path, text)
  const say: Say = (line, rule, why) => {
    if (EXCEPTIONS[path]?.rule !== rule) problems.push({ path, line, rule, why })
  }
  for (const rule of RULES) rule(source, say)
  return problems.sort((a, b) => a.line - b.line)
}
