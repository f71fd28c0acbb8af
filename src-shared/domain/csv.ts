/**
 * A spreadsheet takes a cell that begins so for a formula, and would carry out what somebody wrote into a ticket's title
 * (https://owasp.org/www-community/attacks/CSV_Injection). With an apostrophe before it, it is text; so that nothing is
 * lost, what looks guarded already gets one, too.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/
const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/

/** What some program takes for the end of a cell or of a line. */
const NEEDS_QUOTES = /[",;\t\r\n]/

/** Rows of texts as CSV (RFC 4180, lines ended by \n) that may be opened in a spreadsheet. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\n`).join('')
}

function cellText(text: string): string {
  const cell = guarded(text)
  return NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** A text as a cell of a CSV file that may be opened in a spreadsheet. */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

/** The text that a guarded cell stands for: `unguarded(guarded(text))` is `text`, whatever that is. */
export function unguarded(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell
}
