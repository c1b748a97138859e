// Times as keys: text of one length whose order is the order of time (SDK types/utils.go,
// SortableTimeFormat).
import { fromUtf8 } from '../bytes.ts'
import { formatTime, instant, instantNs, parseTime } from '../time.ts'
import type { KeyCodec } from './keys.ts'

const LENGTH = 29

/** Unix nanoseconds as `2006-01-02T15:04:05.000000000`. */
export const sortableTime = (timeNs: bigint): string => {
  const { seconds, nanos } = instant(timeNs)
  return `${formatTime({ seconds, nanos: 0 }).slice(0, -1)}.${`${nanos}`.padStart(9, '0')}`
}

/** Unix nanoseconds (sdk.TimeKey); 29 bytes, last or not. */
export const timeKey: KeyCodec<bigint> = {
  size: () => LENGTH,
  write(into, at, key) {
    const text = sortableTime(key)
    for (let i = 0; i < LENGTH; i++) into[at + i] = text.charCodeAt(i)
    return at + LENGTH
  },
  read(from, at) {
    const text = fromUtf8(from.subarray(at, at + LENGTH))
    const time = parseTime(`${text}Z`)
    if (time === undefined) throw new Error(`not a time in a key: ${JSON.stringify(text)}`)
    return [instantNs(time), at + LENGTH]
  },
  show: sortableTime,
}
