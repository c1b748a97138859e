// evidence: proofs of misbehavior, kept under their hashes (cosmossdk.io/x/evidence). Consensus hands in
// double signs, which equivocation.ts punishes; anyone may hand in other kinds that the chain has a route
// for.
import { type DescMessage, fromBinary, type Message, toBinary } from '@bufbuild/protobuf'
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt'
import { type Bytes, fromHex, toHex, utf8 } from '../../chain/bytes.ts'
import {
  bytesKey,
  bytesValue,
  type ChainSettings,
  type CollectionMap,
  type Ctx,
  defineModule,
  errors,
  GoPanic,
  invalidArgument,
  type Module,
  messages,
  notFound,
  paginate,
  plainError,
  queries,
  sdk,
  store,
  TxError,
} from '../../chain/module.ts'
import {
  EquivocationSchema,
  file_cosmos_evidence_v1beta1_evidence,
} from '../../proto/gen/cosmos/evidence/v1beta1/evidence_pb.ts'
import { GenesisStateSchema } from '../../proto/gen/cosmos/evidence/v1beta1/genesis_pb.ts'
import { Query } from '../../proto/gen/cosmos/evidence/v1beta1/query_pb.ts'
import { Msg } from '../../proto/gen/cosmos/evidence/v1beta1/tx_pb.ts'
import {
  canonical,
  type EvidenceKeepers,
  type EvidenceKind,
  equivocationKind,
  evidenceHash,
  fromMisbehavior,
  punish,
} from './equivocation.ts'

const NAME = 'evidence'

const err = errors(NAME, {
  noEvidenceHandlerExists: [2, 'unregistered handler for evidence type'],
  invalidEvidence: [3, 'invalid evidence'],
  evidenceExists: [5, 'evidence already exists'],
})

/** Decides about evidence of its route: throws to refuse it. */
export type EvidenceHandler = (ctx: Ctx, evidence: Message) => void
export type EvidenceOptions = {
  /** Handlers by route (`equivocation`). Without any, handing in fails as it does with Go's nil router. */
  routes?: Readonly<Record<string, EvidenceHandler>>
  /** Kinds besides Equivocation that can be handed in. */
  kinds?: readonly EvidenceKind[]
}

/** Evidence that was unpacked: its own bytes are what is hashed and kept. */
type Read = { kind: EvidenceKind; packed: Any; bytes: Bytes; hash: Bytes }

export const evidence = (
  { addresses }: ChainSettings,
  keepers: EvidenceKeepers,
  { routes, kinds = [] }: EvidenceOptions = {},
): Module => {
  const kv = store(NAME)
  /** Packed evidence (an Any) by hash. */
  const kept = kv.map(0, bytesKey, bytesValue)
  const known = new Map([equivocationKind, ...kinds].map((kind) => [`/${kind.schema.typeName}`, kind]))

  /** Throws evidence 3 for what is no evidence. */
  const read = (packed: Any | undefined): Read => {
    const kind = packed === undefined ? undefined : known.get(packed.typeUrl)
    if (packed === undefined || kind === undefined) throw err.invalidEvidence('missing evidence')
    const bytes = canonical(kind.schema, packed.value)
    return { kind, packed, bytes, hash: evidenceHash(bytes) }
  }
  const keep = (ctx: Ctx, { packed, bytes, hash }: Pick<Read, 'packed' | 'bytes' | 'hash'>): void =>
    kept.set(ctx, hash, toBinary(AnySchema, { ...packed, value: bytes }))

  return defineModule({
    name: NAME,
    stores: [NAME],
    types: [file_cosmos_evidence_v1beta1_evidence, ...kinds.map(({ schema }) => schema)],
    genesis: {
      schema: GenesisStateSchema,
      default: () => ({ evidence: [] }),
      validate: (genesis) => {
        for (const packed of genesis.evidence) checked(read(packed))
      },
      init(ctx, genesis) {
        for (const packed of genesis.evidence) {
          const one = read(packed)
          if (kept.has(ctx, one.hash))
            throw new Error(`evidence with hash ${toHex(one.hash).toUpperCase()} already exists`)
          keep(ctx, one)
        }
      },
      export: (view) => ({
        evidence: Array.from(kept.entries(view), ([, bytes]) => fromBinary(AnySchema, bytes)),
      }),
    },
    beginBlock(ctx) {
      for (const misbehavior of ctx.block.misbehavior) {
        const found = fromMisbehavior(misbehavior, addresses)
        if (!punish(ctx, keepers, addresses, found)) continue
        const bytes = toBinary(EquivocationSchema, found)
        keep(ctx, { packed: packedOf(EquivocationSchema), bytes, hash: evidenceHash(bytes) })
      }
    },
    messages: [
      messages(Msg, {
        submitEvidence(ctx, message) {
          addresses.bytes(message.submitter, (reason) =>
            sdk.invalidAddress(`invalid submitter address: ${reason}`),
          )
          const one = checked(read(message.evidence))
          submit(ctx, kept, routes, one)
          keep(ctx, one)
          return { hash: one.hash }
        },
      }),
    ],
    queries: [
      queries(Query, {
        evidence(view, { hash }) {
          if (hash === '') throw invalidArgument('invalid request; hash is empty')
          const found = kept.get(view, hexBytes(hash))
          if (found === undefined) throw notFound(`evidence ${hash} not found`)
          return { evidence: fromBinary(AnySchema, found) }
        },
        allEvidence(view, { pagination: request }) {
          const { items, pagination } = paginate(view, kept, request, (_, bytes) =>
            fromBinary(AnySchema, bytes),
          )
          return { evidence: items, pagination }
        },
      }),
    ],
  })
}

const packedOf = (schema: DescMessage): Any => ({
  $typeName: 'google.protobuf.Any',
  typeUrl: `/${schema.typeName}`,
  value: new Uint8Array(),
})

const checked = (one: Read): Read => {
  try {
    one.kind.check(fromBinary(one.kind.schema, one.bytes))
  } catch (error) {
    if (error instanceof Error) throw err.invalidEvidence(`failed basic validation: ${error.message}`)
    throw error
  }
  return one
}

/** Asks the handler of its route; the caller keeps what it accepts. */
const submit = (
  ctx: Ctx,
  kept: CollectionMap<Bytes, Bytes>,
  routes: EvidenceOptions['routes'],
  { kind, bytes, hash }: Read,
): void => {
  const name = toHex(hash).toUpperCase()
  if (kept.get(ctx, hash) !== undefined) throw err.evidenceExists(name)
  // wasmd sets no router, and Go then calls a method of nil.
  if (routes === undefined)
    throw new GoPanic('runtime error: invalid memory address or nil pointer dereference')
  const handle = routes[kind.route]
  if (handle === undefined) throw err.noEvidenceHandlerExists(kind.route)
  try {
    handle(ctx, fromBinary(kind.schema, bytes))
  } catch (error) {
    if (error instanceof TxError) throw err.invalidEvidence(error.message)
    throw error
  }
  ctx.emit('submit_evidence', ['evidence_hash', name])
}

/** As Go's hex.DecodeString: a byte that is none is told before an odd length. */
const hexBytes = (text: string): Bytes => {
  const bad = utf8(text).find((byte) => !/[0-9a-fA-F]/.test(String.fromCharCode(byte)))
  const fail = (reason: string) => plainError(`invalid evidence hash: encoding/hex: ${reason}`)
  if (bad !== undefined) throw fail(`invalid byte: ${goRune(bad)}`)
  if (text.length % 2 !== 0) throw fail('odd length hex string')
  return fromHex(text)
}

/** Go's `%#U`: `U+007A 'z'`, the character only if it can be printed. */
const goRune = (code: number): string => {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  const isPrintable = (code >= 0x20 && code < 0x7f) || (code > 0xa0 && code !== 0xad)
  return isPrintable ? `${name} '${String.fromCharCode(code)}'` : name
}
