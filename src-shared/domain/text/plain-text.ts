/** What a terminal would obey, and what turns the order of the letters around it. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const ALL_CONTROLS = new RegExp(CONTROLS, 'gu')

/** The same in the text of a JSON document, which says each of them by its number and is the same document still. */
export function plainJson(json: string): string {
  return CONTROLS.test(json) ? json.replace(ALL_CONTROLS, escaped) : json
}

function escaped(character: string): string {
  // JSON has no line of its own within a text: this one ends the document.
  if (character === '\n') return character
  return Array.from({ length: character.length }, (_, unit) => {
    const number = character.charCodeAt(unit).toString(16).padStart(4, '0')
    return `\\u${number}`
  }).join('')
}

/** A name of others as it can stand in a sentence: on one line, and nothing in it that is not seen. */
export function plainText(text: string): string {
  return CONTROLS.test(text) ? text.replace(ALL_CONTROLS, '\u{FFFD}') : text
}
