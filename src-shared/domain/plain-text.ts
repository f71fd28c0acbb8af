/** What a terminal would obey, and what turns the order of the letters around it. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const ALL_CONTROLS = new RegExp(CONTROLS, 'gu')

/** A name of others as it can stand in a sentence: on one line, and nothing in it that is not seen. */
export function plainText(text: string): string {
  return CONTROLS.test(text) ? text.replace(ALL_CONTROLS, '\u{FFFD}') : text
}
