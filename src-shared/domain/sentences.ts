/** `1 ticket`, `100 tickets`. */
export function tickets(count: number): string {
  return count === 1 ? '1 ticket' : `${count} tickets`
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
