/**
 * Plain paragraphs as the wiki text that REST v2 wants, an empty line between them, with everything escaped that
 * Jira's renderer would take for markup. https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
 */
export function wikiText(paragraphs: readonly string[]): string {
  return paragraphs.map(escaped).join('\n\n')
}

/** What a backslash before it makes plain. */
const ESCAPED = [
  // Macros, links, images, table cells, citations.
  /[{}[\]|!]|\?(?=\?)|(?<=\?)\?/,
  // Smileys: their first mark, as in `(y)`, and their second, as in `:)`.
  /\((?=(?:[!?*/xiyn+-]|on|off|flag|flagoff)\))|(?<=[:;])[()DPp|-]/,
  // Text effects and dashes where they can begin or end; inside of a word, as in `on-call`, they mean nothing.
  /(?<![\p{L}\p{N}])[*_+^~-]|[*_+^~-](?![\p{L}\p{N}])/u,
  // Numbered lists.
  /(?<=^\s*#*)#(?=#*\s)/,
]

/** What is written by its number, since a backslash before it would not do. */
const NUMBERED = [
  // A backslash: it escapes, and two of them break the line.
  /\\/,
  // Headings and quotations at the beginning of a line.
  /(?<=^\s*(?:h[1-6]|bq))\.(?=\s|$)/,
  // What the renderer would take for a number like these.
  /&(?=#?\w+;)/,
]

const MARKUP = new RegExp(`(${sources(NUMBERED)})|(?:${sources(ESCAPED)})`, 'gmu')

function escaped(text: string): string {
  return text.replaceAll(MARKUP, (mark, numbered: string | undefined) =>
    numbered === undefined ? `\\${mark}` : `&#${mark.charCodeAt(0)};`,
  )
}

function sources(patterns: readonly RegExp[]): string {
  return patterns.map(({ source }) => source).join('|')
}
