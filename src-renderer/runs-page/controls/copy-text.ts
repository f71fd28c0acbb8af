/**
 * Puts a text into the clipboard; false where that is not possible. The newer `navigator.clipboard` asks for a permission,
 * and our window denies them all.
 */
export function copyText(text: string): boolean {
  const field = document.createElement('textarea')
  const before = document.activeElement
  field.value = text
  field.className = 'unseen'
  document.body.append(field)
  field.select()
  // oxlint-disable-next-line typescript/no-deprecated -- see above
  const done = document.execCommand('copy')
  field.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}
