// Subscriptions of WebSocket clients (rpc/core/events.go).

import type { Bus, BusEvent } from './bus.ts'
import { checkSubscriptions, type SubscriptionLimits } from './commits.ts'
import { messageOf } from './dispatch.ts'
import { quote } from './json/text.ts'
import { faultText, resultText, serverError } from './jsonrpc.ts'
import { type Caller, type Methods, method, type Session } from './method.ts'
import { parseQuery, type Query } from './query/parser.ts'
import { MAX_QUERY_LENGTH } from './txs.ts'

const parsed = (query: string): Query => {
  try {
    return parseQuery(query)
  } catch (error) {
    throw new Error(`failed to parse query: ${messageOf(error)}`, { cause: error })
  }
}

/** CometBFT's answers to events carry the subscription's id and the query as the client wrote it. */
const eventText = (id: string, query: string, event: BusEvent): string =>
  resultText(id, `{"query":${query},"data":${event.data()},"events":${event.tagsText()}}`)

const canceled = (id: string, reason: string): string =>
  faultText(id, serverError(`subscription was canceled (reason: ${reason})`))

const subscribe = (bus: Bus, query: string, { address, id }: Caller, session: Session): void => {
  const known = parsed(query)
  const quoted = quote(query)
  const tell = (reason: string) => session.reply(canceled(id, reason))
  bus.subscribe(address, known, {
    event(event) {
      const size = event.data().length + event.tagsText().length
      if (session.event(size, () => eventText(id, quoted, event))) return
      bus.drop(address, known)
      tell('internal subscription event buffer is out of capacity')
    },
    ended: tell,
  })
}

export const subscriptionMethods = (bus: Bus, limits: SubscriptionLimits): Methods => {
  const options = { webSocketOnly: true }
  return {
    subscribe: method(
      { query: 'string' },
      ({ query }, caller) => {
        checkSubscriptions(bus, caller.address, limits)
        if (Buffer.byteLength(query) > MAX_QUERY_LENGTH) throw new Error('maximum query length exceeded')
        subscribe(bus, query, caller, caller.session!)
        return '{}'
      },
      options,
    ),
    unsubscribe: method(
      { query: 'string' },
      ({ query }, { address }) => {
        bus.unsubscribe(address, parsed(query))
        return '{}'
      },
      options,
    ),
    unsubscribe_all: method(
      {},
      (_, { address }) => {
        bus.unsubscribeAll(address)
        return '{}'
      },
      options,
    ),
  }
}
