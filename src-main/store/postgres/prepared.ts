import { DatabaseError } from 'pg'

const names = new Map<string, string>()

/**
 * The name under which each connection prepares a statement at its first use, so that its text is parsed once. One
 * without parameters has none: its text may hold several.
 */
export function preparedName(sql: string, params: readonly unknown[] | undefined): string | undefined {
  if (params === undefined) return undefined
  const name = names.get(sql) ?? `jira_tpm_${names.size + 1}`
  names.set(sql, name)
  return name
}

/** What was prepared gives other types by now, since a newer version has changed a table: it must be prepared anew. */
export function isOutdated(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '0A000'
}
