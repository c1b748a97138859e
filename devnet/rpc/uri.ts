// Parameters in the query of a GET request (rpc/jsonrpc/server/http_uri_handler.go): bare or quoted integers,
// quoted strings, 0x before hexadecimal.
import { decodeHex } from './hex.ts'
import { byteText, jsonString, ParamError } from './json/raw.ts'
import { checkJson } from './json/scanner.ts'
import { baseOf, type Kind, type Kinds, readParam, zeroOf } from './params.ts'

const unescaped = (text: string): string | undefined => {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

/**
 * The first value of each name in an application/x-www-form-urlencoded text, as Go's url.ParseQuery reads it:
 * pairs with a semicolon or a broken escape are dropped. Values hold one character a byte.
 */
export const parseForm = (text: string): Map<string, string> => {
  const values = new Map<string, string>()
  for (const pair of byteText(text).split('&')) {
    if (pair === '' || pair.includes(';')) continue
    const at = pair.indexOf('=')
    const name = unescaped(at < 0 ? pair : pair.slice(0, at))
    const value = unescaped(at < 0 ? '' : pair.slice(at + 1))
    if (name !== undefined && value !== undefined && !values.has(name)) values.set(name, value)
  }
  return values
}

const INTEGERS = ['int64', 'int', 'uint']

const readValue = (kind: Kind, value: string): unknown => {
  const base = baseOf(kind)
  const isBytes = base === 'bytes' || base === 'tx' || base === 'hex'
  if (INTEGERS.includes(base) && /^-?[0-9]+$/.test(value)) return readParam(kind, `"${value}"`)
  if (/^0x/i.test(value)) {
    if (base === 'json') return value
    if (!isBytes && base !== 'string')
      throw new ParamError(`got a hex string arg, but expected '${base === 'evidence' ? 'interface' : base}'`)
    const bytes = decodeHex(value.slice(2))
    return isBytes ? bytes : Buffer.from(bytes).toString('utf8')
  }
  if (isBytes && /^".*"$/s.test(value) && value.length > 1) {
    checkJson(value)
    return new Uint8Array(Buffer.from(jsonString(value), 'utf8'))
  }
  return readParam(kind, value)
}

/** Arguments from the query and the form of a request. Throws as `readParam` does. */
export const readUriParams = (
  kinds: Kinds,
  query: ReadonlyMap<string, string>,
  form: ReadonlyMap<string, string>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => {
      const value = query.get(name) || form.get(name) || ''
      return [name, value === '' ? zeroOf(kind) : readValue(kind, value)]
    }),
  )
