/** Why a query is refused, in Jira's own words. */
export class JqlError extends Error {
  override readonly name = 'JqlError'
  readonly messages: readonly string[]

  constructor(messages: readonly string[]) {
    super(messages.join(' '))
    this.messages = messages
  }
}

/** A query that cannot be read. `at` is the offset of the place, or null for its end. */
export function syntaxError(text: string, query: string, at: number | null): JqlError {
  const place = at === null ? '' : ` ${position(query, at)}`
  return new JqlError([`Error in the JQL Query: ${text}${place}`])
}

function position(query: string, at: number): string {
  const before = query.slice(0, at).split('\n')
  return `(line ${before.length}, character ${(before.at(-1) ?? '').length + 1})`
}
