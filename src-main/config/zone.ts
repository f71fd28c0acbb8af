/** Whether this machine knows a time zone of that name (IANA, as `Europe/Berlin`). */
export function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** The machine's own zone; UTC where it has none that has a name. */
export function machineZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return timeZone !== undefined && isZone(timeZone) ? timeZone : 'UTC'
}
