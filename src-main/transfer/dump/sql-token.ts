import { damaged } from '../source-row.ts'
import { readLine, type TextCursor } from '../text-cursor.ts'

/**
 * What SQL is made of, as far as a dump needs it. `word` is a name or a key word in small letters, as the server folds
 * them; `quoted` a name in double quotes; `text` a string's value, whatever way it was quoted.
 */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'sign' | 'end'
  readonly value: string
  /** The line that it begins in. */
  readonly line: number
}

export interface SqlReader {
  next(): Promise<SqlToken>
  /** As `next` where all of it is there already, else null: without waiting, for those who read many. */
  ready(): SqlToken | null
  /** The next one, which `next` will give once more. */
  peek(): Promise<SqlToken>
  /** What `SET standard_conforming_strings` says: whether a backslash in a plain string is itself. */
  conforming: boolean
}

/** Bytes that stand side by side are one letter together. */
const ESCAPES = /(?:\\(?:[0-7]{1,3}|x[\da-fA-F]{1,2}))+|\\u[\da-fA-F]{4}|\\U[\da-fA-F]{8}|\\[^]/g

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

const BLANK = /\s+/y

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy

const NUMBER = /\d[\d.]*(?:[eE][-+]?\d+)?/y

const CUT_TAG = /\$[\p{L}\p{N}_]*$/uy

const ESCAPED_OR_QUOTE = /\\[^]|''?/g

const COMMENT_EDGE = /\/\*|\*\//g

const DOLLAR = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy

/** `name`: what the person calls the dump. Its methods throw `bad-data` where the text ends in the middle of something. */
export function createSqlReader(cursor: TextCursor, name: string): SqlReader {
  let peeked: SqlToken | null = null
  const reader: SqlReader = {
    conforming: true,
    async next() {
      return reader.ready() ?? (await read())
    },
    ready() {
      const token = peeked ?? tokenAt(cursor, reader.conforming)
      peeked = null
      return typeof token === 'string' ? null : token
    },
    async peek() {
      peeked = reader.ready() ?? (await read())
      return peeked
    },
  }
  const read = async (): Promise<SqlToken> => {
    for (;;) {
      const found = tokenAt(cursor, reader.conforming)
      if (found === 'command') await readLine(cursor)
      else if (found !== 'unfinished') return found
      else if (!cursor.ended) await cursor.more()
      else
        throw damaged(name, `ends within what begins in line ${cursor.line}: it is cut off`, 'Get it whole.')
    }
  }
  return reader
}

/** The token at the cursor, which moves behind it; `command`: the line is one of psql's, and no SQL. */
function tokenAt(cursor: TextCursor, conforming: boolean): SqlToken | 'unfinished' | 'command' {
  if (!skipBlanks(cursor)) return 'unfinished'
  const { text, at, line, ended } = cursor
  const char = text[at]
  if (char === undefined) return ended ? { kind: 'end', value: '', line } : 'unfinished'
  if (char === '\\') return 'command'
  const found = lexed(text, at, conforming)
  // What ends where the text ends may go on in the next piece.
  if (found === null || (found.end === text.length && !ended)) return 'unfinished'
  cursor.at = found.end
  if (found.kind === 'text' || found.kind === 'quoted') cursor.line += lineEnds(text, at, found.end)
  return { kind: found.kind, value: found.value, line }
}

/** Moves behind blanks and comments; false where one of them has no end yet. */
function skipBlanks(cursor: TextCursor): boolean {
  for (;;) {
    const { text, at, ended } = cursor
    const end = blankEnd(text, at)
    if (end === at) return true
    if (end === null) return false
    if (end === text.length && !ended) {
      // A comment may go on; blanks are done with.
      if (text[at] === '-' || text[at] === '/') return false
    }
    cursor.line += lineEnds(text, at, end)
    cursor.at = end
  }
}

/** Where the blanks or the comment at `at` end: `at` where there are none, null for a comment without an end. */
function blankEnd(text: string, at: number): number | null {
  BLANK.lastIndex = at
  if (BLANK.test(text)) return BLANK.lastIndex
  if (text.startsWith('--', at)) {
    const end = text.indexOf('\n', at)
    return end === -1 ? text.length : end
  }
  return text.startsWith('/*', at) ? commentEnd(text, at) : at
}

/** Comments are nested in SQL. */
function commentEnd(text: string, start: number): number | null {
  let depth = 0
  COMMENT_EDGE.lastIndex = start
  for (let edge = COMMENT_EDGE.exec(text); edge !== null; edge = COMMENT_EDGE.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1
    if (depth === 0) return COMMENT_EDGE.lastIndex
  }
  return null
}

interface Lexed {
  readonly kind: SqlToken['kind']
  readonly value: string
  readonly end: number
}

function lexed(text: string, at: number, conforming: boolean): Lexed | null {
  const char = text[at] ?? ''
  if (char === "'") return stringAt(text, at, !conforming)
  if ((char === 'e' || char === 'E') && text[at + 1] === "'") return stringAt(text, at + 1, true)
  if (char === '"') return quotedAt(text, at)
  if (char === '$') return dollarAt(text, at)
  const word = matched(WORD, text, at)
  if (word !== null) return { kind: 'word', value: word.toLowerCase(), end: at + word.length }
  const number = matched(NUMBER, text, at)
  if (number !== null) return { kind: 'number', value: number, end: at + number.length }
  return { kind: 'sign', value: char, end: at + 1 }
}

function matched(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

function quotedAt(text: string, at: number): Lexed | null {
  const end = closing(text, at, '"')
  return end === null
    ? null
    : { kind: 'quoted', value: text.slice(at + 1, end).replaceAll('""', '"'), end: end + 1 }
}

function stringAt(text: string, at: number, escapes: boolean): Lexed | null {
  const end = escapes ? closingWithEscapes(text, at) : closing(text, at, "'")
  if (end === null) return null
  const inner = text.slice(at + 1, end)
  const plain = inner.includes("''") ? inner.replaceAll("''", "'") : inner
  return { kind: 'text', value: escapes ? withoutEscapes(plain, { unicode: true }) : plain, end: end + 1 }
}

/** Where a quote is closed that opens at `at`; doubled, it stands for itself. */
function closing(text: string, at: number, quote: string): number | null {
  let end = text.indexOf(quote, at + 1)
  while (end !== -1 && text[end + 1] === quote) end = text.indexOf(quote, end + 2)
  return end === -1 ? null : end
}

function closingWithEscapes(text: string, at: number): number | null {
  ESCAPED_OR_QUOTE.lastIndex = at + 1
  for (let found = ESCAPED_OR_QUOTE.exec(text); found !== null; found = ESCAPED_OR_QUOTE.exec(text)) {
    if (found[0] === "'") return found.index
  }
  return null
}

/** `$$ … $$`: the body of a function. */
function dollarAt(text: string, at: number): Lexed | null {
  const tag = matched(DOLLAR, text, at)
  if (tag === null)
    return matched(CUT_TAG, text, at) === null ? { kind: 'sign', value: '$', end: at + 1 } : null
  const end = text.indexOf(tag, at + tag.length)
  return end === -1 ? null : { kind: 'text', value: text.slice(at + tag.length, end), end: end + tag.length }
}

function lineEnds(text: string, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at++) if (text[at] === '\n') count += 1
  return count
}

/**
 * A text without the escapes of PostgreSQL's COPY and of its strings with E
 * (https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS); only the latter have `\u0041`.
 */
export function withoutEscapes(text: string, { unicode = false } = {}): string {
  if (!text.includes('\\')) return text
  return text.replaceAll(ESCAPES, (escape) => {
    const sign = escape[1] ?? ''
    if (/^\\(?:[0-7]|x.)/.test(escape)) return bytes(escape)
    if (/[uU]/.test(sign) && escape.length > 2) return unicode ? codePoint(escape) : escape.slice(1)
    return LETTERS[sign] ?? sign
  })
}

function bytes(escape: string): string {
  const values = escape
    .slice(1)
    .split('\\')
    .map((one) => (one.startsWith('x') ? Number.parseInt(one.slice(1), 16) : Number.parseInt(one, 8) & 0xff))
  return Buffer.from(values).toString('utf8')
}

function codePoint(escape: string): string {
  const code = Number.parseInt(escape.slice(2), 16)
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : '\u{FFFD}'
}
