/** `1 ticket`, `100 tickets`. */
export function tickets(count: number): string {
  return count === 1 ? '1 ticket' : `${count} tickets`
}

/** A length of time (ms) as a person says it: `8 s`, `12 min`, `2 h 5 min`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 100) return `${minutes} min`
  const rest = minutes % 60
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`
}

interface StoreInUse {
  readonly kind: 'sqlite' | 'postgres'
  readonly label: string
  /** The store that a file on this machine stands in for. */
  readonly insteadOf: { readonly label: string } | null
}

/** Where the fetched tickets are deleted from when the tables are dropped, for who is asked whether they shall be. */
export function droppedFrom({ kind, label, insteadOf }: StoreInUse): string {
  if (insteadOf !== null) {
    return `from the file on this computer that stands in for ${insteadOf.label}, and not from ${insteadOf.label}`
  }
  return kind === 'sqlite' ? 'from this computer' : `from ${label}, for everyone who shares it`
}
