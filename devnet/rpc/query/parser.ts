// The query language of CometBFT 0.38 (libs/pubsub/query/syntax/parser.go): conditions on event attributes
// joined by AND.
import { EOF, type Failure, labelOf, Scanner, type Token } from './scanner.ts'

export type Operator = '<=' | '>=' | '<' | '>' | '=' | 'CONTAINS' | 'EXISTS'
/** `text` is a string's content, a number's digits, or what follows TIME or DATE. */
export type Argument = { readonly kind: 'string' | 'number' | 'time' | 'date'; readonly text: string }
/** Only EXISTS has no argument. */
export type Condition = { readonly tag: string; readonly operator: Operator; readonly argument?: Argument }
/** `text` is the canonical form, by which a subscription is known; parsing it again gives the same query. */
export type Query = { readonly conditions: readonly Condition[]; readonly text: string }

/** A query or a page that CometBFT refuses; the message is its text. */
export class QueryError extends Error {}

const ORDERED: Token[] = ['number', 'time', 'date']
const ARGUMENTS: Record<Operator, Token[]> = {
  '<=': ORDERED,
  '>=': ORDERED,
  '<': ORDERED,
  '>': ORDERED,
  '=': [...ORDERED, 'string'],
  CONTAINS: ['string'],
  EXISTS: [],
}
/** The AND operator, which Go prints as the bare number of its token here. */
const AND = 6
const OPERATORS: Token[] = ['<=', '>=', '<', '>', '=', 'CONTAINS', 'EXISTS']

const choiceOf = (tokens: readonly Token[]): string => {
  const labels = tokens.map(labelOf)
  const last = labels.pop()!
  return labels.length === 0 ? last : `${labels.join(', ')} or ${last}`
}

const require = (scanner: Scanner, wanted: readonly Token[]): Token => {
  const failure = scanner.next()
  if (failure !== undefined) throw new QueryError(`offset ${scanner.start}: ${failure}`)
  if (wanted.includes(scanner.token)) return scanner.token
  throw new QueryError(`offset ${scanner.start}: got ${labelOf(scanner.token)}, wanted ${choiceOf(wanted)}`)
}

const parseCondition = (scanner: Scanner): Condition => {
  require(scanner, ['tag'])
  const tag = scanner.text
  const operator = require(scanner, OPERATORS) as Operator
  if (operator === 'EXISTS') return { tag, operator }
  const kind = require(scanner, ARGUMENTS[operator]) as Argument['kind']
  return { tag, operator, argument: { kind, text: scanner.text } }
}

const argumentText = ({ kind, text }: Argument): string =>
  kind === 'string' ? `'${text}'` : kind === 'number' ? text : `${kind.toUpperCase()} ${text}`

const conditionText = ({ tag, operator, argument }: Condition): string =>
  `${tag} ${operator}${argument ? ` ${argumentText(argument)}` : ''}`

/** Throws QueryError with CometBFT's text. */
export const parseQuery = (text: string): Query => {
  const scanner = new Scanner(text)
  const conditions = [parseCondition(scanner)]
  for (let failure: Failure = scanner.next(); failure !== EOF; failure = scanner.next()) {
    if (scanner.token !== 'AND')
      throw new QueryError(`offset ${scanner.start}: got ${labelOf(scanner.token)}, want ${AND}`)
    conditions.push(parseCondition(scanner))
  }
  return { conditions, text: conditions.map(conditionText).join(' AND ') }
}
