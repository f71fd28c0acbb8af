/** What `condition` looks for a text with. */
type MatchParams = Readonly<Record<string, string>>

const ASCII_CAPITALS = /[A-Z]/g

/**
 * The condition that one of the columns holds a text, in whatever case: nothing in it stands for anything else. Both
 * engines find the same, whatever their locale: they lower A to Z, and we those letters beyond that the text has.
 */
export function textMatch(
  text: string,
  columns: readonly string[],
): { readonly condition: string; readonly params: MatchParams } {
  const letters = [...new Set(text.toLowerCase())].flatMap((letter) => otherCase(letter))
  const params = {
    text: letters.reduce((folded, [large, small]) => folded.replaceAll(large, small), asciiLowered(text)),
    ...Object.fromEntries(
      letters.flatMap(([large, small], n) => [
        [`large${n}`, large],
        [`small${n}`, small],
      ]),
    ),
  }
  const folded = (column: string): string =>
    letters.reduce((sql, _, n) => `replace(${sql}, :large${n}, :small${n})`, `LOWERED(${column})`)
  const condition = columns.map((column) => `POSITION_IN(${folded(column)}, :text) > 0`).join(' OR ')
  return { condition: `(${condition})`, params }
}

function asciiLowered(text: string): string {
  return text.replaceAll(ASCII_CAPITALS, (letter) => letter.toLowerCase())
}

/** A letter beyond ASCII, large and small; nothing for what has no other case, or one of another length. */
function otherCase(small: string): [large: string, small: string][] {
  const large = small.toUpperCase()
  const isPair = small !== large && large.toLowerCase() === small && Array.from(large).length === 1
  return isPair && !/^[a-z]$/.test(small) ? [[large, small]] : []
}
