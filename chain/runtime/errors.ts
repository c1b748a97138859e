// Errors that belong to the protocol. A TxError fails a transaction (or a query) and its codespace and code
// are consensus; any other throw is a bug of ours. Texts are put together as Go does it, `detail:
// description`, because clients read them in logs.

/** A failed transaction: what it wrote is undone, its codespace and code go on chain. */
export class TxError extends Error {
  readonly codespace: string
  readonly code: number
  constructor(codespace: string, code: number, message: string) {
    super(message)
    this.name = 'TxError'
    this.codespace = codespace
    this.code = code
  }

  /** The same error with more said in front, as Go's errors.Wrap. */
  wrap(detail: string): TxError {
    return new TxError(this.codespace, this.code, `${detail}: ${this.message}`)
  }
}

/** Makes errors of one kind: `kind('why')` reads `why: description`, `kind()` is the bare description. */
export type ErrorKind = {
  (detail?: string): TxError
  readonly codespace: string
  readonly code: number
  readonly description: string
  /** Whether a caught value is an error of this kind. */
  is(error: unknown): boolean
}

/**
 * Declares a module's error codes: never renumber, never reuse. A bare number takes its description from the
 * name (`notEnoughShares` reads "not enough shares").
 */
export const errors = <K extends string>(
  codespace: string,
  codes: Record<K, number | readonly [code: number, description: string]>,
): Record<K, ErrorKind> => {
  const kinds = {} as Record<K, ErrorKind>
  for (const name of Object.keys(codes) as K[]) {
    const declared = codes[name]
    const [code, description] = typeof declared === 'number' ? [declared, words(name)] : declared
    const make = (detail?: string) =>
      new TxError(codespace, code, detail === undefined ? description : `${detail}: ${description}`)
    const is = (error: unknown) =>
      error instanceof TxError && error.codespace === codespace && error.code === code
    kinds[name] = Object.assign(make, { codespace, code, description, is })
  }
  return kinds
}

const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** An error that the Go stack returns without a registered code: codespace `undefined`, code 1. */
export const plainError = (message: string): TxError => new TxError('undefined', 1, message)

/** The SDK's own codespace (cosmos-sdk types/errors). */
export const sdk = errors('sdk', {
  txDecode: [2, 'tx parse error'],
  invalidSequence: [3, 'invalid sequence'],
  unauthorized: [4, 'unauthorized'],
  insufficientFunds: [5, 'insufficient funds'],
  unknownRequest: [6, 'unknown request'],
  invalidAddress: [7, 'invalid address'],
  invalidPubKey: [8, 'invalid pubkey'],
  unknownAddress: [9, 'unknown address'],
  invalidCoins: [10, 'invalid coins'],
  outOfGas: [11, 'out of gas'],
  memoTooLarge: [12, 'memo too large'],
  insufficientFee: [13, 'insufficient fee'],
  tooManySignatures: [14, 'maximum number of signatures exceeded'],
  noSignatures: [15, 'no signatures supplied'],
  jsonMarshal: [16, 'failed to marshal JSON bytes'],
  jsonUnmarshal: [17, 'failed to unmarshal JSON bytes'],
  invalidRequest: [18, 'invalid request'],
  txInMempoolCache: [19, 'tx already in mempool'],
  mempoolIsFull: [20, 'mempool is full'],
  txTooLarge: [21, 'tx too large'],
  keyNotFound: [22, 'key not found'],
  wrongPassword: [23, 'invalid account password'],
  invalidSigner: [24, 'tx intended signer does not match the given signer'],
  invalidGasAdjustment: [25, 'invalid gas adjustment'],
  invalidHeight: [26, 'invalid height'],
  invalidVersion: [27, 'invalid version'],
  invalidChainId: [28, 'invalid chain-id'],
  invalidType: [29, 'invalid type'],
  txTimeoutHeight: [30, 'tx timeout height'],
  unknownExtensionOptions: [31, 'unknown extension options'],
  wrongSequence: [32, 'incorrect account sequence'],
  packAny: [33, 'failed packing protobuf message to Any'],
  unpackAny: [34, 'failed unpacking protobuf message from Any'],
  logic: [35, 'internal logic error'],
  conflict: [36, 'conflict'],
  notSupported: [37, 'feature not supported'],
  notFound: [38, 'not found'],
  io: [39, 'internal IO error'],
  appConfig: [40, 'error in app.toml'],
  invalidGasLimit: [41, 'invalid gas limit'],
  txTimeout: [42, 'tx timeout'],
})

/**
 * Where the Go stack would panic on what a user sent: no bug of ours, but told on chain as one (code 111222).
 */
export class GoPanic extends Error {}

/** What a recovered bug looks like on chain (cosmossdk.io/errors ErrPanic). */
export const panicError = errors('undefined', { panic: [111222, 'panic'] }).panic

/** The store's codespace (cosmossdk.io/store types/errors). */
export const storeErrors = errors('store', {
  invalidProof: [2, 'invalid proof'],
  txDecode: [3, 'tx parse error'],
  unknownRequest: [4, 'unknown request'],
  logic: [5, 'internal logic error'],
  conflict: [6, 'conflict'],
  invalidRequest: [7, 'invalid request'],
})

/** gRPC status codes and the names that Go prints them with. */
export const grpcCodes = {
  OK: 0,
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const
export type GrpcCode = (typeof grpcCodes)[keyof typeof grpcCodes]

const grpcNames = Object.fromEntries(Object.entries(grpcCodes).map(([name, code]) => [code, name]))

/**
 * A query's failure with a gRPC status. `message` is the description alone; `text` is what Go's Error()
 * prints.
 */
export class GrpcError extends Error {
  readonly code: GrpcCode
  constructor(code: GrpcCode, message: string) {
    super(message)
    this.name = 'GrpcError'
    this.code = code
  }

  get text(): string {
    return `rpc error: code = ${grpcNames[this.code]} desc = ${this.message}`
  }
}

export const invalidArgument = (message: string) => new GrpcError(grpcCodes.InvalidArgument, message)
export const notFound = (message: string) => new GrpcError(grpcCodes.NotFound, message)
export const internal = (message: string) => new GrpcError(grpcCodes.Internal, message)

/** For what cannot happen unless our own code is wrong. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Error(`bug: ${why}`)
}
