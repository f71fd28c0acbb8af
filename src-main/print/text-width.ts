/** A sequence that moves no cursor: colours and the like. */
const ESCAPES = new RegExp(`${String.fromCodePoint(27)}\\[[\\d;]*m`, 'g')
/** What takes two columns: East Asian scripts in their wide form, and pictographs. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u
/** What takes none: marks on the character before. */
const MARK = /\p{Mn}|\p{Me}|[\u200B\u200C]|\u200D/u

/** The columns that a line takes in a terminal. Colours take none. */
export function textWidth(line: string): number {
  const plain = line.includes('\u001B') ? line.replace(ESCAPES, '') : line
  let width = 0
  for (const character of plain) width += columnsOf(character)
  return width
}

/** The line, cut where it is wider than `columns`; colours that are on at the cut are ended. */
export function cutText(line: string, columns: number): string {
  if (textWidth(line) <= columns) return line
  const isColoured = line.includes('\u001B')
  let kept = ''
  let width = 0
  for (const part of line.split(new RegExp(`(${ESCAPES.source})`))) {
    if (part.startsWith('\u001B')) {
      kept += part
      continue
    }
    for (const character of part) {
      width += columnsOf(character)
      if (width > columns) return isColoured ? `${kept}\u001B[0m` : kept
      kept += character
    }
  }
  return kept
}

/** Parts on as few lines as hold them, none of them wider than `columns` where a part is not. */
export function flowText(parts: readonly string[], separator: string, columns: number): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const last = lines.at(-1)
    const joined = last === undefined ? part : `${last}${separator}${part}`
    if (last === undefined || textWidth(joined) > columns) lines.push(part)
    else lines[lines.length - 1] = joined
  }
  return lines
}

/** A line, wrapped at words where it is wider than `columns`; what follows is as far to the right as it. */
export function wrapText(line: string, columns: number): string[] {
  if (textWidth(line) <= columns) return [line]
  const [indent = ''] = /^ */.exec(line) ?? []
  const words = line.slice(indent.length).split(' ')
  return flowText(words, ' ', columns - indent.length).map((part) => `${indent}${part}`)
}

function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x300) return 1
  if (MARK.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
