// `import { startDevnet } from 'tendril'`: a chain inside a test or a program.
export { DEV_MNEMONIC, type DevKey, deriveAccounts, hdPath } from './accounts.ts'
export type { BlockMode } from './blocks.ts'
export type { ChainNode, Submitted } from './chain.ts'
export { type Devnet, exportHome, startDevnet } from './devnet.ts'
export { type DevnetOptions, OptionError } from './options.ts'
export type { Behaviour, SimulatedValidator } from './validators.ts'
export { VERSION } from './version.ts'
