import stringWidth from 'fast-string-width'
import { wrapAnsi } from 'fast-wrap-ansi'

const ESCAPE = '\u001B['
const ESCAPE_OR_CHARACTER = new RegExp(String.raw`\u001B\[[\d;]*m|.`, 'gsu')

/** The columns that a line takes in a terminal. Colours take none. */
export function textWidth(line: string): number {
  return stringWidth(line)
}

/** The line with spaces behind it, as wide as `columns`. */
export function padText(line: string, columns: number): string {
  return line + ' '.repeat(Math.max(0, columns - textWidth(line)))
}

/** The line, cut where it is wider than `columns`; colours that are on at the cut are ended. */
export function cutText(line: string, columns: number): string {
  if (textWidth(line) <= columns) return line
  let kept = ''
  for (const [part] of line.matchAll(ESCAPE_OR_CHARACTER)) {
    if (textWidth(kept + part) > columns) break
    kept += part
  }
  return line.includes(ESCAPE) ? `${kept}${ESCAPE}0m` : kept
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
  const [indent = ''] = /^ */.exec(line) ?? []
  const lines = wrapAnsi(line.slice(indent.length), columns - indent.length).split('\n')
  return lines.map((part) => `${indent}${part}`)
}
