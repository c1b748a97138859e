// Times and periods of messages as Unix nanoseconds, and as Go prints them.
import { create } from '@bufbuild/protobuf'
import { type Duration, type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt'
import { formatTime, instant, instantNs } from '../../chain/time.ts'

export const timestamp = (timeNs: bigint): Timestamp => create(TimestampSchema, instant(timeNs))

/** An absent time is the epoch. */
export const nsOf = (time: Timestamp | undefined): bigint => (time === undefined ? 0n : instantNs(time))

export const periodNs = (period: Duration | undefined): bigint =>
  period === undefined ? 0n : instantNs(period)

/** As Go's time.Time prints itself: `2026-01-31 12:00:00.5 +0000 UTC`. */
export const goTimeText = (timeNs: bigint): string =>
  `${formatTime(instant(timeNs)).replace('T', ' ').slice(0, -1)} +0000 UTC`
