import { describe, expect, test } from '@jest/globals'
import { tidy } from '../../tools/tidy/rules.ts'
import { readSource } from '../../tools/tidy/source.ts'
import { wrapComments } from '../../tools/tidy/wrap.ts'

const HEAD = '// A file.\n'
const rulesOf = (path: string, code: string) =>
  tidy(path, HEAD + code).map(({ line, rule }) => `${line} ${rule}`)

describe('import directions', () => {
  test.each([
    ['chain/store/kv.ts', "import { a } from '../../modules/bank/module.ts'"],
    ['chain/store/kv.ts', "import { a } from '../runtime/app.ts'"],
    ['chain/consensus/engine.ts', "import { a } from '../module.ts'"],
    ['modules/bank/module.ts', "import { a } from '../../devnet/chain.ts'"],
    ['modules/bank/send.ts', "import { bank } from '../auth/module.ts'"],
    ['relayer/client.ts', "import { a } from '../modules/bank/module.ts'"],
    ['sim/network.ts', "import { a } from '../relayer/client.ts'"],
    ['devnet/chain.ts', "import { a } from '../test/chain/kv.ts'"],
    ['devnet/chain.ts', "const a = () => import('../test/chain/kv.ts')"],
    ['chain/a.ts', "import {\n  a,\n  b,\n} from '../devnet/chain.ts'"],
    ['chain/a.ts', "export { a } from '../devnet/chain.ts'\nexport const b = 1"],
  ])('%s may not: %s', (path, code) => {
    expect(rulesOf(path, code).map((found) => found.slice(2))).toEqual(['import-direction'])
  })

  test.each([
    ['modules/bank/module.ts', "import { a } from '../../chain/module.ts'"],
    ['modules/bank/send.ts', "import type { Auth } from '../auth/module.ts'"],
    ['modules/bank/send.ts', "import { a } from './module.ts'"],
    ['sim/network.ts', "import { plan } from '../relayer/plan.ts'"],
    ['devnet/chain.ts', "import { a } from '../relayer/client.ts'\nimport fastify from 'fastify'"],
    ['chain/a.ts', "import { a } from '@bufbuild/protobuf/wire'\nimport { b } from '@noble/hashes/sha2.js'"],
    ['chain/a.ts', "const text = \"import { a } from '../devnet/chain.ts'\"\n// from '../devnet/chain.ts'"],
  ])('%s may: %s', (path, code) => {
    expect(rulesOf(path, code)).toEqual([])
  })

  test('the core has no host and no packages but the pure ones', () => {
    expect(rulesOf('chain/a.ts', "import { readFileSync } from 'node:fs'")).toEqual(['2 core-packages'])
    expect(rulesOf('modules/a/module.ts', "import fastify from 'fastify'")).toEqual(['2 core-packages'])
    expect(rulesOf('devnet/a.ts', "import { readFileSync } from 'node:fs'")).toEqual([])
  })
})

describe('purity of chain, modules and sim', () => {
  const impure = [
    'const now = Date.now()',
    'const t = new Date(0)',
    'const t = performance.now()',
    'const r = Math.random()',
    'const r = crypto.randomUUID()',
    'const x = Math.sqrt(2)',
    'const x = 0.05',
    'const x = 1e-9',
    "const x = parseFloat('1')",
    'const x = n.toFixed(2)',
    'const x = new Float64Array(1)',
    'const f = async () => 1',
    'const f = (): Promise<void> => g()',
    'setTimeout(f, 1)',
    'const home = process.env.HOME',
    'console.log(1)',
    'const b = Buffer.from([1])',
    "const fs = require('fs')",
    'list.sort()',
    'list.sort((a, b) => a.localeCompare(b))',
    `const t = \`\${Date.now()}\``,
  ]
  test.each(impure)('%s', (code) => {
    for (const folder of ['chain/store', 'modules/bank', 'sim'])
      expect(rulesOf(`${folder}/a.ts`, code)).toEqual(['2 pure-core'])
    expect(rulesOf('devnet/a.ts', code)).toEqual([])
  })

  test.each([
    'const x = Math.max(1, Math.floor(a))',
    "const x = 'Date.now() 0.5 async'",
    'const x = `Date.now() 0.5`',
    '// Date.now() is 0.5, async',
    '/* Date.now() */ const x = 1',
    'const x = /await 0.5/.test(s)',
    'const x = request.process + header.await',
    'const x = list.sort((a, b) => compareBytes(a, b))',
    'const x = 1_000n * 10n ** 18n',
    'const x = a / b / c // 0.5',
    'require(amount > 0n)',
  ])('allowed: %s', (code) => {
    expect(rulesOf('chain/a.ts', code)).toEqual([])
  })

  test('a variable of the file is refused, a variable of a function is not', () => {
    expect(rulesOf('chain/a.ts', 'let count = 0')).toEqual(['2 no-globals'])
    expect(rulesOf('chain/a.ts', 'export let count = 0')).toEqual(['2 no-globals'])
    expect(rulesOf('chain/a.ts', 'const f = () => {\nlet count = 0\n}')).toEqual([])
  })
})

describe('both kinds of modules', () => {
  test('import.meta and a top-level await do not ship', () => {
    expect(rulesOf('devnet/a.ts', 'const here = import.meta.url')).toEqual(['2 both-module-kinds'])
    expect(rulesOf('devnet/a.ts', 'const x = await f()')).toEqual(['2 both-module-kinds'])
    expect(rulesOf('devnet/a.ts', 'const g = async () => {\n  await f()\n}')).toEqual([])
    expect(rulesOf('devnet/a.ts', 'const g = async (): Promise<A> => await f()')).toEqual([])
    expect(
      rulesOf('devnet/a.ts', 'const o = {\n  async g(a: A): Promise<{ b: B }> {\n    await f()\n  },\n}'),
    ).toEqual([])
    expect(rulesOf('bench/a.ts', 'const x = await f()')).toEqual([])
  })
})

test('what is loaded lazily is a file of ours, an ES module or an addon', () => {
  expect(rulesOf('devnet/a.ts', "const f = () => import('fastify')")).toEqual(['2 lazy-package'])
  expect(rulesOf('devnet/a.ts', "const f = () => import('secp256k1/bindings.js')")).toEqual([])
  expect(rulesOf('devnet/a.ts', "const f = () => import('./rpc/server.ts')")).toEqual([])
  expect(rulesOf('devnet/a.ts', "import fastify from 'fastify'")).toEqual([])
})

describe('honesty', () => {
  test.each([
    ['try {\n  f()\n} catch {}', 'empty-catch'],
    ['try {\n  f()\n} catch (e) {\n  // later\n}', 'empty-catch'],
    ['f().catch(() => {})', 'empty-catch'],
    ['// TODO: more', 'no-todo'],
    ['// @ts-ignore', 'no-silencing'],
    ['// @ts-expect-error', 'no-silencing'],
    ['// const x = 1', 'no-dead-code'],
    [`const x = '${'a'.repeat(110)}'`, 'columns'],
    ['const x = 1\r', 'line-end'],
  ])('%j breaks %s', (code, rule) => {
    expect(tidy('devnet/a.ts', HEAD + code).map((problem) => problem.rule)).toEqual([rule])
  })
})

describe('size and names', () => {
  test('a file may have 300 lines, a test more', () => {
    const lines = (count: number) =>
      Array(count - 1)
        .fill('f()')
        .join('\n')
        .concat('\n')
    expect(rulesOf('chain/a.ts', lines(300))).toEqual([])
    expect(rulesOf('chain/a.ts', lines(301))).toEqual(['301 file-size'])
    expect(rulesOf('test/chain/a.test.ts', lines(301))).toEqual([])
  })

  test('a function may have 70 lines of its own; the functions within count for themselves', () => {
    const body = (count: number) => Array(count).fill('  f()').join('\n')
    expect(rulesOf('chain/a.ts', `const g = () => {\n${body(69)}\n}`)).toEqual(['2 function-size'])
    expect(rulesOf('chain/a.ts', `function g(a: A, b = f()): Map<A, B> {\n${body(69)}\n}`)).toEqual([
      '2 function-size',
    ])
    expect(rulesOf('chain/a.ts', `class A {\n  g(): { a: A } {\n${body(69)}\n}\n}`)).toEqual([
      '3 function-size',
    ])
    expect(rulesOf('chain/a.ts', `class A {\n${body(80)}\n}`)).toEqual([])
    expect(rulesOf('chain/a.ts', `const g = () => {\nif (f()) {\n${body(65)}\n}\n}`)).toEqual([])
    const inner = `const h = () => {\n${body(40)}\n}\n`
    expect(rulesOf('chain/a.ts', `const g = () => {\n${inner}${inner}${inner}}`)).toEqual([])
  })

  test('a file is a noun and begins with a comment', () => {
    expect(rulesOf('chain/utils.ts', 'f()')).toEqual(['1 file-name'])
    expect(tidy('chain/a.ts', 'f()\n').map(({ rule }) => rule)).toEqual(['file-head'])
    expect(tidy('test/chain/a.test.ts', 'f()\n')).toEqual([])
  })

  test('only the two entries may be barrels', () => {
    const code = "export { a } from './a.ts'\nexport type { B } from './b.ts'"
    expect(rulesOf('chain/c.ts', code)).toEqual(['1 no-barrel'])
    expect(rulesOf('chain/module.ts', code)).toEqual([])
    expect(rulesOf('chain/hash.ts', "export { sha256 } from '@noble/hashes/sha2.js'")).toEqual([])
  })

  test('generated protobuf code is not ours to tidy', () => {
    expect(tidy('proto/gen/a_pb.ts', 'const x: any = Date.now()')).toEqual([])
  })
})

describe('the lexer', () => {
  test('code keeps its place when strings, comments and expressions are blanked', () => {
    const hole = (inside: string) => `$\{${inside}}`
    const template = `\`x ${hole(`b + \`y ${hole('c')} "\``)} z\``
    const text = `const a = ${template} + "d" / e / f // g\nconst r = /[/"]/.test('}')\n`
    const { code } = readSource('a.ts', text)
    expect(code).toHaveLength(text.length)
    expect(code.replace(/\s+/g, ' ')).toBe(
      'const a = ` {b + ` {c} `} ` + " " / e / f const r = / /.test(\' \') ',
    )
  })
})

describe('wrapping', () => {
  test('an over-long comment is filled at 110 columns, with the rest of its paragraph', () => {
    const word = 'abcdefghi'
    const long = `  // ${Array(12).fill(word).join(' ')}\n  // tail\n  //\n  // next\n`
    const lines = wrapComments(long).split('\n')
    expect(lines).toEqual([
      `  // ${Array(10).fill(word).join(' ')}`,
      `  // ${word} ${word} tail`,
      '  //',
      '  // next',
      '',
    ])
  })

  test('a one-line docstring becomes a block', () => {
    const words = Array(12).fill('abcdefghi')
    expect(wrapComments(`/** ${words.join(' ')} */`).split('\n')).toEqual([
      '/**',
      ` * ${words.slice(0, 10).join(' ')}`,
      ` * ${words.slice(10).join(' ')}`,
      ' */',
    ])
  })

  test('lists keep their items apart, and what fits is left alone', () => {
    const words = Array(12).fill('abcdefghi').join(' ')
    const text = `// - ${words}\n// - next\n// one\n// two`
    const lines = wrapComments(text).split('\n')
    expect(lines.slice(1)).toEqual([expect.stringMatching(/^\/\/ {3}abc/), '// - next', '// one', '// two'])
  })
})
