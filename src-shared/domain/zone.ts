/** Whether this machine knows a time zone of that name (IANA, as `Europe/Berlin`). */
export function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
