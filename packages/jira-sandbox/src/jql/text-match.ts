/** A text search of JQL made ready: each part must be found in the text, a phrase as words that follow each other. */
export type TextQuery = readonly (readonly RegExp[])[]

/** The words of a text, in lower case. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

const PART = /"([^"]*)"|(\S+)/g

/**
 * Reads what stands behind `~`: words in any order, phrases in quotation marks, `?` and `*` within a word. Returns a
 * sentence of Jira's where it is none.
 */
export function readTextQuery(text: string, field: string): TextQuery | string {
  if (wordsOf(text).length === 0) return `The text query '${text}' for field '${field}' is empty.`
  const parts: RegExp[][] = []
  for (const [, phrase, word = ''] of text.matchAll(PART)) {
    const [first = ''] = word
    if (first === '*' || first === '?') {
      return `The text query '${text}' for field '${field}' is not allowed to start with character '${first}'`
    }
    const part = phrase === undefined ? patternsOf(word) : wordsOf(phrase).map(exactly)
    if (part.length > 0) parts.push(part)
  }
  return parts
}

export function matchesText(text: string, query: TextQuery): boolean {
  const words = wordsOf(text)
  return query.every((part) =>
    words.some((_, at) => part.every((pattern, offset) => pattern.test(words[at + offset] ?? ''))),
  )
}

/** `log-in*` is two words, of which the second may go on. */
function patternsOf(word: string): RegExp[] {
  const pieces = word.toLowerCase().match(/[\p{L}\p{N}*?]+/gu) ?? []
  return pieces.map(
    (piece) =>
      new RegExp(`^${piece.replaceAll('*', '[\\p{L}\\p{N}]*').replaceAll('?', '[\\p{L}\\p{N}]')}$`, 'u'),
  )
}

function exactly(word: string): RegExp {
  return new RegExp(`^${word}$`, 'u')
}

/** For SQLite, which asks for each ticket of a search: the query is read once. A query that is none matches nothing. */
export function textMatcher(): (text: unknown, query: unknown) => 0 | 1 {
  let asked: unknown
  let read: TextQuery | string = ''
  return (text, query) => {
    if (query !== asked) read = readTextQuery(String((asked = query)), '')
    return typeof read !== 'string' && matchesText(String(text), read) ? 1 : 0
  }
}
