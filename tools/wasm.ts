// Assembles the WebAssembly of the core: `npx tsx tools/wasm.ts` writes chain/store/sha256.wasm.ts anew.
import { writeFileSync } from 'node:fs'
import wabt from 'wabt'
import { sha256Wat } from './sha256-wat.ts'

/** The bytes of a module given as text. */
export const assemble = async (name: string, text: string): Promise<Uint8Array> => {
  const module = (await wabt()).parseWat(name, text, { simd: true, bulk_memory: true })
  module.validate()
  return module.toBinary({}).buffer
}

/** A source file that holds the module as base64, so that the core needs no file access to load it. */
export const asSource = (bytes: Uint8Array, origin: string): string => {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,100}/g) ?? []
  const quoted = lines.map((line) => `  '${line}',`).join('\n')
  const head = `// Made from ${origin} by tools/wasm.ts; do not edit.`
  return `${head}\nexport const WASM_BASE64 = [\n${quoted}\n].join('')\n`
}

export const writeWasm = async (): Promise<void> => {
  const bytes = await assemble('sha256.wat', sha256Wat())
  writeFileSync('chain/store/sha256.wasm.ts', asSource(bytes, 'tools/sha256-wat.ts'))
}
