import { syntaxError } from './jql-error.ts'

/** A piece of a query. `at` is its offset in the text. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'symbol' | 'end'
  readonly text: string
  readonly at: number
}

const SYMBOLS = ['!=', '>=', '<=', '!~', '&&', '||', '=', '<', '>', '~', '(', ')', ',', '!', '&', '|']

/** Characters that mean nothing yet and must be quoted, says Jira's documentation of reserved characters. */
const RESERVED = new Set('+;?*/%^$#@[]{}`')

const WORD_END = new Set(' \t\r\n=!<>~(),&|"\'')

/** Cuts a query into tokens, the last of which is `end`. Throws a JqlError. */
export function tokens(query: string): Token[] {
  const found: Token[] = []
  let at = 0
  while (at < query.length) {
    const character = query.charAt(at)
    if (/\s/.test(character)) {
      at++
      continue
    }
    const token = nextToken(query, at)
    found.push(token.token)
    at = token.end
  }
  return [...found, { kind: 'end', text: '', at: query.length }]
}

function nextToken(query: string, at: number): { token: Token; end: number } {
  const character = query.charAt(at)
  if (character === '"' || character === "'") return quoted(query, at, character)
  const symbol = SYMBOLS.find((candidate) => query.startsWith(candidate, at))
  if (symbol !== undefined) return { token: { kind: 'symbol', text: symbol, at }, end: at + symbol.length }
  return word(query, at)
}

function quoted(query: string, at: number, quote: string): { token: Token; end: number } {
  let text = ''
  for (let end = at + 1; end < query.length; end++) {
    const character = query.charAt(end)
    if (character === quote) return { token: { kind: 'quoted', text, at }, end: end + 1 }
    if (character === '\\') {
      const escape = unescaped(query, end)
      text += escape.text
      end = escape.last
    } else {
      text += character
    }
  }
  throw syntaxError(`The quoted string '${query.slice(at + 1)}' has not been completed.`, query, at)
}

/** How a custom field is named by its number: the one place where brackets need no quotation marks. */
const CUSTOM_FIELD = /^cf\[\d+\]/i

function word(query: string, at: number): { token: Token; end: number } {
  let text = CUSTOM_FIELD.exec(query.slice(at, at + 20))?.[0] ?? ''
  let end = at + text.length
  for (; end < query.length && !WORD_END.has(query.charAt(end)); end++) {
    const character = query.charAt(end)
    if (RESERVED.has(character)) throw reservedCharacter(query, end)
    if (character === '\\') {
      const escape = unescaped(query, end)
      text += escape.text
      end = escape.last
    } else {
      text += character
    }
  }
  return { token: { kind: 'word', text, at }, end }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  "'": "'",
  '"': '"',
  '\\': '\\',
  ' ': ' ',
}

/** The character that the backslash at `at` stands for, and the offset of the last character that it takes. */
function unescaped(query: string, at: number): { text: string; last: number } {
  const unicode = /^u([0-9a-fA-F]{4})/.exec(query.slice(at + 1))?.[1]
  if (unicode !== undefined) return { text: String.fromCharCode(Number.parseInt(unicode, 16)), last: at + 5 }
  const next = query.charAt(at + 1)
  const text = ESCAPES[next]
  if (text === undefined) {
    throw syntaxError(
      `'\\${next}' is an illegal JQL escape sequence. The valid escape sequences are \\', \\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX.`,
      query,
      at,
    )
  }
  return { text, last: at + 1 }
}

function reservedCharacter(query: string, at: number): Error {
  const character = query.charAt(at)
  const code = character.charCodeAt(0).toString(16).padStart(4, '0')
  return syntaxError(
    `The character '${character}' is a reserved JQL character. You must enclose it in a string or use the escape '\\u${code}' instead.`,
    query,
    at,
  )
}
