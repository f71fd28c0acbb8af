/** `1,204`. */
export function numberText(count: number): string {
  return count.toLocaleString('en-GB')
}

/** `1 difference`, `3 differences`; `many` where the plural has no s. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`
}

/** `a`, `a and b`, `a, b and c`. */
export function listText(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}

/** With a capital letter first. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** With a small letter first. */
export function uncapital(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** `1 minute`, `0.5 minutes`, `60 minutes`. */
export function minutesText(minutes: number): string {
  return `${minutes.toLocaleString('en-GB', { maximumFractionDigits: 2 })} ${minutes === 1 ? 'minute' : 'minutes'}`
}

/** `1 ticket`, `1,204 tickets`. */
export function ticketsText(count: number): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? 'ticket' : 'tickets'}`
}
