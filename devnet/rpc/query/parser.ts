// The query language of CometBFT 0.38.
/** A parsed query: all conditions must hold. */
export type Query = { readonly conditions: readonly Condition[]; readonly text: string }
export type Operator = '<=' | '>=' | '<' | '>' | '=' | 'CONTAINS' | 'EXISTS'
export type Argument = { kind: 'string' | 'number' | 'time' | 'date'; text: string }
export type Condition = { tag: string; operator: Operator; argument?: Argument }
/** A query or a page that CometBFT refuses; the message is its text. */
export class QueryError extends Error {}
export declare const parseQuery: (text: string) => Query
