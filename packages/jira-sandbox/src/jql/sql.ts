/** A piece of SQL with the values of its question marks, in their order. */
export interface Sql {
  readonly text: string
  readonly values: readonly (string | number)[]
}

export function sql(text: string, ...values: (string | number)[]): Sql {
  return { text, values }
}

/** `(a AND b AND c)`; of nothing, what the word leaves unchanged. */
export function joinSql(word: 'AND' | 'OR', parts: readonly Sql[]): Sql {
  if (parts.length === 0) return sql(word === 'AND' ? '1' : '0')
  return {
    text: `(${parts.map(({ text }) => text).join(` ${word} `)})`,
    values: parts.flatMap(({ values }) => values),
  }
}

export function notSql(part: Sql): Sql {
  return { text: `NOT ${part.text}`, values: part.values }
}

/** `?, ?, ?` */
function marks(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ')
}

/** `expression IN (…)` */
export function inSql(expression: string, values: readonly (string | number)[]): Sql {
  return { text: `${expression} IN (${marks(values.length)})`, values }
}
