import { JqlError } from './jql-error.ts'
import type { Clause, JqlQuery, Literal, Operand, Operator, Sort } from './syntax.ts'
import { createTokenReader, type TokenReader } from './token-reader.ts'

/**
 * Reads the part of JQL that the sandbox knows: comparisons joined by AND, OR, NOT and parentheses, then ORDER BY.
 * Throws a JqlError in Jira's words.
 */
export function parseJql(text: string): JqlQuery {
  const reader = createTokenReader(text)
  const where = reader.atEnd() || atOrderBy(reader) ? null : parseOr(reader, 0)
  const orderBy = reader.acceptWords('order', 'by') ? parseSorts(reader) : []
  if (!reader.atEnd()) throw reader.expected(orderBy.length > 0 ? "','" : "either 'OR' or 'AND'")
  return { where, orderBy }
}

/** What the parser's own stack, and SQLite below it, can carry. */
const LIMITS = { depth: 100, clauses: 500, values: 10_000 }

function tooComplex(): JqlError {
  return new JqlError(['The JQL query is too complex: it has too many clauses, values or parentheses.'])
}

function atOrderBy(reader: TokenReader): boolean {
  return reader.peek().kind === 'word' && reader.peek().text.toLowerCase() === 'order'
}

function parseOr(reader: TokenReader, depth: number): Clause {
  const clauses = [parseAnd(reader, depth)]
  while (reader.acceptWords('or') || reader.acceptSymbol('|', '||')) clauses.push(parseAnd(reader, depth))
  return joined('or', clauses)
}

function parseAnd(reader: TokenReader, depth: number): Clause {
  const clauses = [parseNot(reader, depth)]
  while (reader.acceptWords('and') || reader.acceptSymbol('&', '&&')) clauses.push(parseNot(reader, depth))
  return joined('and', clauses)
}

function joined(kind: 'and' | 'or', clauses: readonly Clause[]): Clause {
  const [first] = clauses
  if (clauses.length > LIMITS.clauses) throw tooComplex()
  return clauses.length === 1 && first !== undefined ? first : { kind, clauses }
}

function parseNot(reader: TokenReader, depth: number): Clause {
  if (depth > LIMITS.depth) throw tooComplex()
  if (reader.acceptWords('not') || reader.acceptSymbol('!')) {
    return { kind: 'not', clause: parseNot(reader, depth + 1) }
  }
  if (!reader.acceptSymbol('(')) return parseComparison(reader)
  const clause = parseOr(reader, depth + 1)
  if (!reader.acceptSymbol(')')) throw reader.expected("')'")
  return clause
}

function parseComparison(reader: TokenReader): Clause {
  const field = parseFieldName(reader)
  const operator = parseOperator(reader)
  return { kind: 'comparison', field, operator, operand: parseOperand(reader) }
}

function parseFieldName(reader: TokenReader): string {
  if (reader.atText()) return reader.next().text
  throw reader.expectedText('a field name', 'field name')
}

const SYMBOL_OPERATORS = ['=', '!=', '<', '<=', '>', '>=', '~', '!~'] as const
/** Longer ones first: WAS is the beginning of WAS NOT IN. */
const WORD_OPERATORS: readonly (readonly string[])[] = [
  ['was', 'not', 'in'],
  ['was', 'not'],
  ['was', 'in'],
  ['was'],
  ['is', 'not'],
  ['is'],
  ['not', 'in'],
  ['in'],
]

const OPERATOR_ADVICE =
  " The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'."

function parseOperator(reader: TokenReader): Operator {
  for (const symbol of SYMBOL_OPERATORS) if (reader.acceptSymbol(symbol)) return symbol
  for (const words of WORD_OPERATORS) if (reader.acceptWords(...words)) return words.join(' ') as Operator
  throw reader.expected('operator', OPERATOR_ADVICE)
}

function parseOperand(reader: TokenReader): Operand {
  if (!reader.acceptSymbol('(')) return parseLiteral(reader)
  const values = [parseLiteral(reader)]
  while (reader.acceptSymbol(',')) values.push(parseLiteral(reader))
  if (!reader.acceptSymbol(')')) throw reader.expected("')'")
  if (values.length > LIMITS.values) throw tooComplex()
  return { kind: 'list', values }
}

function parseLiteral(reader: TokenReader): Literal {
  if (reader.acceptWords('empty') || reader.acceptWords('null')) return { kind: 'empty' }
  if (!reader.atText()) throw reader.expectedText('either a value, list or function', 'value')
  const { text, kind } = reader.next()
  if (!reader.acceptSymbol('(')) return { kind: 'value', text, quoted: kind === 'quoted' }
  return { kind: 'function', name: text, arguments: parseArguments(reader) }
}

function parseArguments(reader: TokenReader): string[] {
  const texts: string[] = []
  if (reader.acceptSymbol(')')) return texts
  do {
    if (!reader.atText()) throw reader.expected("')'")
    texts.push(reader.next().text)
  } while (reader.acceptSymbol(','))
  if (!reader.acceptSymbol(')')) throw reader.expected("')'")
  return texts
}

function parseSorts(reader: TokenReader): Sort[] {
  const sorts = [parseSort(reader)]
  while (reader.acceptSymbol(',')) sorts.push(parseSort(reader))
  return sorts
}

function parseSort(reader: TokenReader): Sort {
  const field = parseFieldName(reader)
  const descending = reader.acceptWords('desc')
  if (!descending) reader.acceptWords('asc')
  return { field, descending }
}
