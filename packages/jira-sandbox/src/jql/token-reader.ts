import { syntaxError, type JqlError } from './jql-error.ts'
import { tokens, type Token } from './lexer.ts'

/** Words that a query must quote to mean them as text. */
const RESERVED_WORDS = new Set(
  'after and asc before by changed desc during empty from in is not null on or order to was'.split(' '),
)

/** Goes through the tokens of a query one by one. */
export interface TokenReader {
  peek(): Token
  next(): Token
  /** Takes these words (given in lower case) if they come next, in any case. */
  acceptWords(...words: string[]): boolean
  acceptSymbol(...symbols: string[]): boolean
  atEnd(): boolean
  /** Whether the next token can be text: quoted, or a word that the language does not use. */
  atText(): boolean
  /** An error about the next token: what was expected instead, and advice that follows it. */
  expected(what: string, advice?: string): JqlError
  /** An error about the next token, which is no text: quotation marks would make it one. */
  expectedText(what: string, asWhat: string): JqlError
}

export function createTokenReader(query: string): TokenReader {
  const all = tokens(query)
  let index = 0
  const at = (offset: number): Token => all[index + offset] ?? (all.at(-1) as Token)

  const reader: TokenReader = {
    peek: () => at(0),
    next() {
      const token = at(0)
      index++
      return token
    },
    acceptWords(...words) {
      const found = words.every((word, offset) => isWord(at(offset), word))
      if (found) index += words.length
      return found
    },
    acceptSymbol(...symbols) {
      const found = at(0).kind === 'symbol' && symbols.includes(at(0).text)
      if (found) index++
      return found
    },
    atEnd: () => at(0).kind === 'end',
    atText: () =>
      at(0).kind === 'quoted' || (at(0).kind === 'word' && !RESERVED_WORDS.has(at(0).text.toLowerCase())),
    expected(what, advice = '') {
      const token = at(0)
      const end = `Expecting ${what} before the end of the query.${advice}`
      if (token.kind === 'end') return syntaxError(end, query, null)
      return syntaxError(`Expecting ${what} but got '${token.text}'.${advice}`, query, token.at)
    },
    expectedText(what, asWhat) {
      const { kind, text, at: offset } = at(0)
      if (kind === 'end' && asWhat === 'field name') {
        return syntaxError('Expecting a field name at the end of the query.', query, null)
      }
      if (kind === 'end') return reader.expected(what)
      if (kind !== 'word') {
        return reader.expected(
          what,
          ` You must surround '${text}' in quotation marks to use it as a ${asWhat}.`,
        )
      }
      const advice = 'You must surround it in quotation marks to use it in a query.'
      return syntaxError(`'${text}' is a reserved JQL word. ${advice}`, query, offset)
    },
  }
  return reader
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word
}
