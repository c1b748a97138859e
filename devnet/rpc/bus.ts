// Who is told of which event (libs/pubsub). Queries are asked once for an event however many subscribe to
// them, and only if the kind of event can match; texts are made once, and only if somebody matches.
import { type Matcher, matcherOf, type Tags } from './query/matcher.ts'
import type { Query } from './query/parser.ts'

/** An event as it is published. `data` is the JSON of its content, `tags` what queries see of it. */
export type BusEvent = {
  /** Value of `tm.event`. */
  readonly kind: string
  readonly tags: () => Tags
  readonly data: () => string
  /** The JSON of `tags`. */
  readonly tagsText: () => string
}

/** A subscription is told of events, or once that it ended and why. */
export type Subscriber = { event(event: BusEvent): void; ended(reason: string): void }

type Topic = { readonly matcher: Matcher; readonly subscribers: Map<string, Subscriber> }

export class Bus {
  /** By the canonical text of the query; then by client. */
  readonly #topics = new Map<string, Topic>()
  /** Queries of each client that has any. */
  readonly #clients = new Map<string, Set<string>>()

  get clients(): number {
    return this.#clients.size
  }

  subscriptionsOf(client: string): number {
    return this.#clients.get(client)?.size ?? 0
  }

  /** Throws if the client has the query already. */
  subscribe(client: string, query: Query, subscriber: Subscriber): void {
    const queries = this.#clients.get(client) ?? new Set()
    if (queries.has(query.text)) throw new Error('already subscribed')
    this.#clients.set(client, queries.add(query.text))
    const topic = this.#topics.get(query.text) ?? { matcher: matcherOf(query), subscribers: new Map() }
    topic.subscribers.set(client, subscriber)
    this.#topics.set(query.text, topic)
  }

  /** Throws if the client has no such query. */
  unsubscribe(client: string, query: Query): void {
    if (!this.#clients.get(client)?.has(query.text)) throw new Error('subscription not found')
    this.#remove(client, query.text)
  }

  /** Throws if the client has no query. */
  unsubscribeAll(client: string): void {
    const queries = this.#clients.get(client)
    if (queries === undefined) throw new Error('subscription not found')
    for (const text of [...queries]) this.#remove(client, text)
  }

  /** As `unsubscribe`, but a query that the client has not is no error. */
  drop(client: string, query: Query): void {
    this.#remove(client, query.text)
  }

  #remove(client: string, text: string): void {
    const queries = this.#clients.get(client)
    queries?.delete(text)
    if (queries?.size === 0) this.#clients.delete(client)
    const topic = this.#topics.get(text)
    topic?.subscribers.delete(client)
    if (topic?.subscribers.size === 0) this.#topics.delete(text)
  }

  publish(event: BusEvent): void {
    for (const { matcher, subscribers } of [...this.#topics.values()]) {
      if (matcher.eventKind !== undefined && matcher.eventKind !== event.kind) continue
      if (!matcher.matches(event.tags())) continue
      for (const subscriber of [...subscribers.values()]) subscriber.event(event)
    }
  }

  /** Whether anybody listens at all. */
  get isIdle(): boolean {
    return this.#topics.size === 0
  }

  close(): void {
    const subscribers = [...this.#topics.values()].flatMap((topic) => [...topic.subscribers.values()])
    this.#topics.clear()
    this.#clients.clear()
    for (const subscriber of subscribers) subscriber.ended('CometBFT exited')
  }
}

/** What is computed once, when it is first asked for. */
export const once = <T>(compute: () => T): (() => T) => {
  let value: { of: T } | undefined
  return () => {
    value ??= { of: compute() }
    return value.of
  }
}
