// One transaction (baseapp's runTx): decode, ante handler on a branch, messages on a branch of that. What a
// refused or failed one leaves behind, which events it has and what it pays are recorded in every block, so
// the order here is the SDK's, down to who pays for what when gas runs out.
import { type Message, toBinary } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import type { Event } from '../../abci/application.ts'
import type { Bytes } from '../../bytes.ts'
import type { AddressCodec } from '../address.ts'
import type { Ante } from '../ante.ts'
import { Context, type Ctx, type ExecMode } from '../context.ts'
import { GoPanic, sdk, TxError } from '../errors.ts'
import { GasMeter, OutOfGas } from '../gas.ts'
import type { ConsensusParamsStore } from '../params.ts'
import type { Route } from '../service.ts'
import type { Tx, TxDecoder, TxMessage } from '../tx.ts'
import { bugError, knownError, type Outcome, txData } from './outcome.ts'
import type { State } from './state.ts'

export type TxMode = Extract<ExecMode, 'check' | 'recheck' | 'simulate' | 'finalize'>
export type TxParts = {
  decode: TxDecoder
  routes: ReadonlyMap<string, Route<Ctx>>
  ante: Ante
  addresses: AddressCodec
  params: ConsensusParamsStore
  onBug: (error: unknown) => void
}
export type TxRunner = (mode: TxMode, state: State, raw: Bytes) => Outcome

const NO_LIMIT = 2n ** 64n - 1n

export const txRunner = (parts: TxParts): TxRunner => {
  return (mode, state, raw) => {
    const ctx = openContext(parts, mode, state, raw)
    const outcome: Outcome = {
      ...{ gasWanted: 0n, gasUsed: 0, events: [], responses: [], error: undefined },
      data: new Uint8Array(),
    }
    if (mode === 'finalize' && state.blockGas.isOutOfGas)
      return { ...outcome, error: sdk.outOfGas('no block gas left to run tx') }
    const block = mode === 'finalize' ? new BlockGasOnce(state.blockGas, ctx) : undefined
    try {
      execute(parts, mode, ctx, raw, outcome, block)
    } catch (error) {
      fail(parts, ctx, outcome, error)
    }
    try {
      block?.consume()
    } catch (error) {
      fail(parts, ctx, outcome, error)
    }
    outcome.gasUsed = ctx.gas.consumed
    return outcome
  }
}

/** A transaction counts against the block once, whether it fails or not. */
class BlockGasOnce {
  #consumed = false
  readonly #blockGas: GasMeter
  readonly #ctx: Context
  constructor(blockGas: GasMeter, ctx: Context) {
    this.#blockGas = blockGas
    this.#ctx = ctx
  }
  consume(): void {
    if (this.#consumed) return
    this.#consumed = true
    this.#blockGas.consume(this.#ctx.gas.consumedToLimit, 'block gas meter')
  }
}

/** The parameters are read on the transaction's account, which is why even a malformed one uses gas. */
const openContext = (parts: TxParts, mode: TxMode, state: State, raw: Bytes): Context => {
  const stores = mode === 'simulate' ? state.stores.branch() : state.stores
  const ctx = new Context(stores, state.block, mode, new GasMeter(), raw)
  const consensusParams = parts.params.get(ctx)
  if (consensusParams !== state.block.consensusParams) ctx.block = { ...state.block, consensusParams }
  return ctx
}

const fail = (parts: TxParts, ctx: Context, outcome: Outcome, error: unknown) => {
  outcome.error = knownError(error)
  if (outcome.error !== undefined) return
  if (error instanceof OutOfGas) {
    outcome.error = outOfGas(error, outcome.gasWanted, ctx.gas)
    return
  }
  if (!(error instanceof GoPanic)) parts.onBug(error)
  outcome.error = bugError(error)
}

const outOfGas = (error: OutOfGas, wanted: bigint, gas: GasMeter): TxError =>
  sdk.outOfGas(`out of gas in location: ${error.descriptor}; gasWanted: ${wanted}, gasUsed: ${gas.consumed}`)

const execute = (
  parts: TxParts,
  mode: TxMode,
  ctx: Context,
  raw: Bytes,
  outcome: Outcome,
  block: BlockGasOnce | undefined,
) => {
  const tx = decode(parts, raw)
  const routes = routesOf(parts, tx)
  const anteEvents = runAnte(parts, mode, ctx, tx, outcome)
  if (mode === 'check' || mode === 'recheck') return
  outcome.events = anteEvents
  const messages = ctx.child()
  const { events, responses } = runMessages(parts, messages, tx, routes)
  block?.consume()
  if (mode === 'finalize') messages.stores.write()
  outcome.events = [...anteEvents, ...events]
  outcome.responses = responses
  outcome.data = txData(responses)
}

const decode = (parts: TxParts, raw: Bytes): Tx => {
  try {
    return parts.decode(raw)
  } catch (error) {
    if (error instanceof TxError) throw sdk.txDecode(error.message)
    throw error
  }
}

const routesOf = (parts: TxParts, tx: Tx): Route<Ctx>[] => {
  if (tx.msgs.length === 0) throw sdk.invalidRequest('must contain at least one message')
  const routes = tx.msgs.map((msg) => parts.routes.get(msg.typeUrl)!)
  for (const [i, msg] of tx.msgs.entries()) routes[i]!.validate?.(msg.message)
  return routes
}

/** The ante handler on its own branch, kept if it passes. Its meter stays the transaction's. */
const runAnte = (parts: TxParts, mode: TxMode, ctx: Context, tx: Tx, outcome: Outcome): Event[] => {
  const ante = ctx.child()
  const { fee } = tx.authInfo
  if (fee === undefined) throw new GoPanic('runtime error: invalid memory address or nil pointer dereference')
  const unlimited = mode === 'simulate' || ctx.block.height === 0n
  const gas = new GasMeter(unlimited ? undefined : Number(fee.gasLimit))
  ante.gas = gas
  const settle = () => {
    ctx.gas = gas
    outcome.gasWanted = unlimited ? NO_LIMIT : fee.gasLimit
  }
  try {
    limitGas(ctx, fee.gasLimit)
    for (const step of parts.ante.steps) step(ante, tx)
  } catch (error) {
    const known =
      knownError(error) ?? (error instanceof OutOfGas ? outOfGas(error, fee.gasLimit, gas) : undefined)
    if (known === undefined) throw error
    settle()
    throw known
  }
  settle()
  ante.stores.write()
  return ante.events
}

const limitGas = (ctx: Context, limit: bigint) => {
  const maxGas = ctx.block.consensusParams?.block?.maxGas ?? 0n
  if (maxGas > 0n && limit > maxGas)
    throw sdk.invalidGasLimit(`tx gas limit ${limit} exceeds block max gas ${maxGas}`)
}

const runMessages = (parts: TxParts, ctx: Context, tx: Tx, routes: Route<Ctx>[]) => {
  const events: Event[] = []
  const responses: Any[] = []
  for (const [i, msg] of tx.msgs.entries()) {
    const route = routes[i]!
    const start = ctx.events.length
    responses.push(runMessage(ctx, route, msg.message, i))
    const own = ctx.events.slice(start)
    const message = messageEvent(parts.addresses, msg, own)
    for (const event of [message, ...own]) {
      event.attributes.push({ key: 'msg_index', value: `${i}`, index: true })
      events.push(event)
    }
  }
  return { events, responses }
}

const runMessage = (ctx: Context, route: Route<Ctx>, message: Message, index: number): Any => {
  try {
    route.validate?.(message)
    return packReply(route, route.run(ctx, message))
  } catch (error) {
    throw knownError(error)?.wrap(`failed to execute message; message index: ${index}`) ?? error
  }
}

/** Most replies say nothing but that they are there. */
const packReply = ({ output }: Route<Ctx>, reply: Message): Any => ({
  $typeName: 'google.protobuf.Any',
  typeUrl: `/${output.typeName}`,
  value: output.fields.length === 0 ? NONE : toBinary(output, reply),
})
const NONE: Bytes = new Uint8Array()

/** `message` with action, sender and, unless the rule itself named one, the module. */
const messageEvent = (addresses: AddressCodec, msg: TxMessage, own: readonly Event[]): Event => {
  const attribute = (key: string, value: string) => ({ key, value, index: true })
  const attributes = [attribute('action', msg.typeUrl)]
  const [sender] = msg.signers()
  if (sender !== undefined) attributes.push(attribute('sender', addresses.text(sender)))
  const named = own.some((event) => event.attributes.some(({ key }) => key === 'module'))
  const module = msg.typeUrl.split('.')[1]
  if (!named && module !== undefined && module !== '') attributes.push(attribute('module', module))
  return { type: 'message', attributes }
}
