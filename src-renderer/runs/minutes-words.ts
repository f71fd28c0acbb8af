/** `1 minute`, `0.5 minutes`, `60 minutes`. */
export function minutesWords(minutes: number): string {
  return `${minutes.toLocaleString('en-GB', { maximumFractionDigits: 2 })} ${minutes === 1 ? 'minute' : 'minutes'}`
}
