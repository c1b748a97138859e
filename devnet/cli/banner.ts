// The first screen of `tendril start`: what runs, where it answers, who has coins.
import { DEV_MNEMONIC } from '../accounts.ts'
import type { Devnet } from '../devnet.ts'
import type { Paint } from './terminal.ts'

const row = (paint: Paint, name: string, value: string) => `  ${paint.dim(name.padEnd(11))}${value}`

const blocksText = (devnet: Devnet): string => {
  const { mode } = devnet.node.loop
  const pace = mode.kind === 'interval' ? `every ${mode.ms} ms` : mode.kind
  const count = devnet.validators
  return `${pace} · ${count} validator${count === 1 ? '' : 's'} · ${devnet.home ?? 'in memory'}`
}

const endpoints = (devnet: Devnet, paint: Paint): string[] => {
  const { urls } = devnet
  if (urls === undefined) return []
  return [
    row(paint, 'RPC', paint.cyan(urls.rpc)),
    row(paint, 'REST', paint.cyan(urls.rest)),
    row(paint, 'gRPC', paint.cyan(urls.grpc)),
  ]
}

const accounts = (devnet: Devnet, paint: Paint): string[] => {
  if (devnet.accounts.length === 0) return []
  const mine = devnet.mnemonic === DEV_MNEMONIC
  const given = ` · ${devnet.accounts.length}, each with ${devnet.balance} ${devnet.denom}`
  return [
    `  ${paint.bold('Accounts')}${paint.dim(given)}`,
    ...devnet.accounts.map(({ index, address }) => `  ${paint.dim(String(index).padStart(3))}  ${address}`),
    '',
    row(paint, 'Mnemonic', devnet.mnemonic),
    row(paint, 'HD path', "m/44'/118'/0'/0/{account}"),
    mine
      ? `  ${paint.yellow('These keys are public: coins sent to them on a real network are gone at once.')}`
      : `  ${paint.yellow('Development only: keep these keys away from real networks.')}`,
  ]
}

/** Lines for a person; `--json` prints `startReport` instead. */
export const banner = (devnet: Devnet, paint: Paint): string =>
  [
    '',
    `  ${paint.green(paint.bold('Tendril'))} ${devnet.node.info.version}  ${paint.bold(devnet.chainId)}`,
    '',
    ...endpoints(devnet, paint),
    row(paint, 'Blocks', blocksText(devnet)),
    '',
    ...accounts(devnet, paint),
    ...devnet.notes.map((note) => `  ${paint.yellow(note)}`),
    '',
  ].join('\n')

/** What `tendril start --json` prints as its first line, when the first block can be queried. */
export const startReport = (devnet: Devnet) => ({
  chain_id: devnet.chainId,
  prefix: devnet.prefix,
  denom: devnet.denom,
  rpc: devnet.urls?.rpc,
  websocket: devnet.urls === undefined ? undefined : `${devnet.urls.rpc.replace('http', 'ws')}/websocket`,
  rest: devnet.urls?.rest,
  grpc: devnet.urls?.grpc,
  height: String(devnet.node.engine.blocks.height),
  validators: devnet.validators,
  home: devnet.home ?? null,
  mnemonic: devnet.accounts.length > 0 ? devnet.mnemonic : null,
  accounts: devnet.accounts,
  notes: devnet.notes,
})
