/** A parsed query. */
export interface JqlQuery {
  /** Null: nothing but an ORDER BY, or nothing at all. */
  readonly where: Clause | null
  readonly orderBy: readonly Sort[]
}

export type Clause =
  | { readonly kind: 'and' | 'or'; readonly clauses: readonly Clause[] }
  | { readonly kind: 'not'; readonly clause: Clause }
  | ComparedField

/** One field, one operator, what it is compared with. */
export interface ComparedField {
  readonly kind: 'comparison'
  /** As it was written; Jira repeats it so in its errors. */
  readonly field: string
  readonly operator: Operator
  readonly operand: Operand
}

export type Operator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '~'
  | '!~'
  | 'in'
  | 'not in'
  | 'is'
  | 'is not'
  | 'was'
  | 'was not'
  | 'was in'
  | 'was not in'

export type Operand = Literal | { readonly kind: 'list'; readonly values: readonly Literal[] }

export type Literal =
  /** `quoted` matters for dates: `1732877091000` is an instant, `"1732877091000"` is none. */
  | { readonly kind: 'value'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'empty' }
  | { readonly kind: 'function'; readonly name: string; readonly arguments: readonly string[] }

export interface Sort {
  readonly field: string
  readonly descending: boolean
}

export function literalsOf(operand: Operand): readonly Literal[] {
  return operand.kind === 'list' ? operand.values : [operand]
}
