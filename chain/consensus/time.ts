// Block time in its three forms: unix nanoseconds in our code, protobuf Timestamps on the wire, RFC 3339 in
// JSON. Only whole numbers are involved, so a time survives every conversion to the nanosecond.
import { create } from '@bufbuild/protobuf'
import { type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt'
import { formatTime, type Instant, instant, instantNs, parseTime, ZERO_TIME_SECONDS } from '../time.ts'

/** Go's zero time.Time: what an absent vote carries, and what a missing non-nullable timestamp means. */
export const ZERO_TIME_NS = ZERO_TIME_SECONDS * 1_000_000_000n

const ZERO: Instant = { seconds: ZERO_TIME_SECONDS, nanos: 0 }

export const timestampFromNs = (timeNs: bigint): Timestamp => create(TimestampSchema, instant(timeNs))

/** A missing timestamp is Go's zero time, as it is to a Go decoder. */
export const timestampToNs = (timestamp: Timestamp | undefined): bigint => instantNs(timestamp ?? ZERO)

/** Go's RFC3339Nano in UTC: no trailing zeros, no fraction if it is zero. */
export const formatTimestamp = (timestamp: Timestamp | undefined): string => formatTime(timestamp ?? ZERO)

/** Unix nanoseconds in Go's RFC3339Nano. */
export const formatTimeNs = (timeNs: bigint): string => formatTime(instant(timeNs))

/** Unix nanoseconds of an RFC 3339 text; undefined if it is none. */
export const parseTimeNs = (text: string): bigint | undefined => {
  const parsed = parseTime(text)
  return parsed && instantNs(parsed)
}
