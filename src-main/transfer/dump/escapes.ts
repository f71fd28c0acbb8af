/** Bytes that stand side by side are one letter together. */
const ESCAPES = /(?:\\(?:[0-7]{1,3}|x[\da-fA-F]{1,2}))+|\\u[\da-fA-F]{4}|\\U[\da-fA-F]{8}|\\[^]/g

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

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
