// Checks what `npm pack` makes, as a stranger would meet it: installed into an empty project, its types
// compile, it loads as an ES module and as CommonJS, and its command starts a chain and ends on Ctrl-C.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { at, binOf, isMain, npm, runNode } from './ready.mjs'

const CONSUMER = {
  'package.json': '{ "name": "consumer", "private": true, "type": "module" }',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', strict: true, noEmit: true },
      typeRoots: [at('node_modules', '@types')],
      types: ['node'],
    },
    files: ['typed.ts'],
  }),
  'typed.ts': [
    "import { type Devnet, startDevnet } from 'tendril'",
    'const devnet: Devnet = await startDevnet({ chainId: "typed-1" })',
    'const address: string | undefined = devnet.accounts[0]?.address',
    '// @ts-expect-error: a chain id is text',
    'await startDevnet({ chainId: 1 })',
    'console.log(address)',
  ].join('\n'),
  'module.mjs': [
    "import { startDevnet } from 'tendril'",
    'const devnet = await startDevnet()',
    'await devnet.stop()',
    "console.log('import works')",
  ].join('\n'),
  'common.cjs': [
    "require('tendril').startDevnet().then(async (devnet) => {",
    '  await devnet.stop()',
    "  console.log('require works')",
    '})',
  ].join('\n'),
}

/** The first line of `--json` comes when the chain answers; Ctrl-C must then end it with code 0. */
const startsAndStops = (folder) =>
  new Promise((resolve) => {
    const script = join(folder, 'node_modules', 'tendril', 'dist', 'tendril.js')
    const ports = ['--rpc-port', '0', '--rest-port', '0', '--grpc-port', '0']
    const child = spawn(process.execPath, [script, 'start', '--json', ...ports], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 2],
    })
    let answered = false
    createInterface({ input: child.stdout }).once('line', async (line) => {
      try {
        const { rpc } = JSON.parse(line)
        answered = (await fetch(`${rpc}/status`)).ok
      } catch (error) {
        console.error(`${line}\n${error.message}`)
      }
      child.kill('SIGINT')
    })
    child.on('exit', (code) => {
      const left = readdirSync(folder).filter(
        (name) => !(name in CONSUMER) && !/^(?:node_modules|package-lock\.json)$/.test(name),
      )
      if (left.length > 0) console.error(`left behind: ${left.join(', ')}`)
      resolve(answered && left.length === 0 && (code === 0 || process.platform === 'win32'))
    })
  })

/** @returns 0 if all is well */
export const checkPackage = async () => {
  const work = mkdtempSync(join(tmpdir(), 'tendril-package-'))
  const folder = join(work, 'consumer')
  mkdirSync(folder)
  for (const [name, text] of Object.entries(CONSUMER)) writeFileSync(join(folder, name), text)
  const fits = (what, ok) => {
    console.log(`${ok ? 'works' : 'FAILS'}: ${what}`)
    return ok
  }
  try {
    if (!fits('npm pack', npm(['pack', '--silent', '--pack-destination', work]).status === 0)) return 1
    const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'))
    const install = [
      'install',
      '--silent',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      join(work, tarball),
    ]
    if (!fits('npm install', npm(install, { cwd: folder }).status === 0)) return 1
    const results = [
      fits('its types', runNode([binOf('typescript', 'tsc'), '-p', folder]) === 0),
      fits('import', runNode(['module.mjs'], { cwd: folder }) === 0),
      fits('require', runNode(['common.cjs'], { cwd: folder }) === 0),
      fits('tendril start', await startsAndStops(folder)),
    ]
    return results.every(Boolean) ? 0 : 1
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

if (isMain(import.meta.url)) process.exitCode = await checkPackage()
