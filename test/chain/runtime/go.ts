// Answers of the Go libraries (cosmossdk.io/math, collections, store, cosmos-sdk types) to small questions,
// made by a throw-away program: numbers, addresses, keys, gas and pages.
import { vectorJson } from '../../vectors.ts'

export type GoPage = {
  request?: { key: string; offset: number; limit: number; countTotal: boolean; reverse: boolean }
  filtered?: boolean
  error?: string
  items?: string[] | null
  nextKey?: string
  total?: number
}

export const goVectors = vectorJson<{
  decimals: Record<string, string>[]
  parseDec: { text: string; value?: string; error?: string }[]
  ints: { text: string; value?: string; error?: string }[]
  addresses: { text: string; bytes?: string; error?: string }[]
  modules: { gov: string; one: string; two: string; derived: string }
  keys: { typeUrl: string; value: string; address: string }[]
  gas: {
    op: string
    gas: number
    key?: string
    length?: number
    start?: string
    end?: string
    reverse?: boolean
    stop?: number
    seen?: string[] | null
  }[]
  keyBytes: Record<string, string>
  pages: GoPage[]
  wholePages: GoPage[]
  rawPages: GoPage[]
}>('runtime/go.json.gz')
