// The one way from gRPC and REST into the chain's queries: awaits what is asynchronous (broadcasting), waits
// until the block being saved is safe, and turns every failure into a gRPC status with the SDK's text.
import type { DescService, Registry } from '@bufbuild/protobuf'
import type { Bytes } from '../chain/bytes.ts'
import { GrpcError, sdk, TxError } from '../chain/runtime/errors.ts'

/** What a gateway needs of an application; App has it. */
export type QueryApp = {
  readonly registry: Registry
  readonly queryServices: readonly DescService[]
  readonly msgServices: readonly DescService[]
  /** One query; throws GrpcError or TxError. */
  serve(path: string, data: Bytes, height?: bigint): { value: Bytes; height: bigint }
}

/** A failed query as gRPC tells it. `height` is there if the query reached its handler. */
export class QueryFailure extends Error {
  readonly code: number
  readonly height: bigint | undefined
  constructor(code: number, message: string, height: bigint | undefined) {
    super(message)
    this.code = code
    this.height = height
  }
}

export type Gateway = {
  readonly registry: Registry
  readonly queryServices: readonly DescService[]
  readonly msgServices: readonly DescService[]
  /**
   * `path` is `/package.Service/Method`, `height` the text of x-cosmos-block-height if it was sent. Throws
   * QueryFailure.
   */
  call(path: string, data: Bytes, height: string | undefined): Promise<{ value: Bytes; height: bigint }>
}

/** Methods that answer later than a query can, by path. */
export type AsyncMethods = ReadonlyMap<string, (data: Bytes) => Promise<Bytes>>

export type GatewayParts = {
  app: QueryApp
  asyncMethods: AsyncMethods
  /** The latest committed height. */
  height(): bigint
  /** Settles when nothing that was shown can be lost any more. */
  settled(): Promise<void> | undefined
  /** Told about throws that are our own bugs. */
  bug(error: unknown): void
}

export const createGateway = ({ app, asyncMethods, height, settled, bug }: GatewayParts): Gateway => ({
  registry: app.registry,
  queryServices: app.queryServices,
  msgServices: app.msgServices,
  async call(path, data, heightText) {
    await settled()
    const asked = readHeight(heightText)
    try {
      const later = asyncMethods.get(path)
      if (later === undefined) return app.serve(path, data, asked)
      return { value: await later(data), height: height() }
    } catch (error) {
      if (!(error instanceof GrpcError) && !(error instanceof TxError)) bug(error)
      throw failureOf(error, asked === undefined || asked === 0n ? height() : asked)
    }
  },
})

const UNKNOWN = 2
/** What Go's recovery from a panic reports. */
const INTERNAL = 13

/** Failures of finding the state, before the handler (baseapp CreateQueryContext). */
const NO_STATE = /^(cannot query with height|failed to load state at height|.* is not ready; please wait)/

const readHeight = (text: string | undefined): bigint | undefined => {
  if (text === undefined || text === '') return undefined
  if (!/^[+-]?\d+$/.test(text)) {
    const detail =
      'Baseapp.RegisterGRPCServer: invalid height header "x-cosmos-block-height": strconv.ParseInt: parsing'
    throw failureOf(sdk.invalidRequest(`${detail} ${JSON.stringify(text)}: invalid syntax`), undefined)
  }
  const height = BigInt(text.replace('+', ''))
  if (height < 0n)
    throw failureOf(
      sdk.invalidRequest('cannot query with height < 0; please provide a valid height'),
      undefined,
    )
  return height
}

const failureOf = (error: unknown, height: bigint | undefined): QueryFailure => {
  if (error instanceof GrpcError) return new QueryFailure(error.code, error.message, height)
  if (error instanceof TxError)
    return new QueryFailure(UNKNOWN, statusText(error), NO_STATE.test(error.message) ? undefined : height)
  const detail = error instanceof Error ? error.message : `${error}`
  return new QueryFailure(INTERNAL, detail, height)
}

/**
 * cosmossdk.io/errors puts the registered description first and what was wrapped around it after it; an error
 * without a registered code is its text.
 */
const statusText = ({ codespace, code, message }: TxError): string => {
  if (codespace === 'undefined') return message
  const at = message.lastIndexOf(': ')
  const turned = at < 0 ? message : `${message.slice(at + 2)}: ${message.slice(0, at)}`
  return `codespace ${codespace} code ${code}: ${turned}`
}
