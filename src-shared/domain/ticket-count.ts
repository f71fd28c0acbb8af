/** `1 ticket`, `100 tickets`. */
export function tickets(count: number): string {
  return count === 1 ? '1 ticket' : `${count} tickets`
}
