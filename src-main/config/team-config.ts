import type { LookUp } from './look-up.ts'
import type { Variables } from './settings-table.ts'

/** The team server that a call is for, as it is said from outside. */
export interface TeamConfig {
  /** Its name or URL, or `local`: none; null: what this workspace chose. */
  readonly server: string | null
  /** A token for it, in place of this machine's sign-in; null: none. */
  readonly token: string | null
}

/** No server: this machine's own store. */
export const LOCAL = 'local'

/** A token next to JIRA_TPM_SERVER is that server's alone; without that it is for a server that is named by its URL. */
export function readTeam(lookUp: LookUp, { JIRA_TPM_SERVER, JIRA_TPM_SERVER_TOKEN }: Variables): TeamConfig {
  const server = lookUp('server')?.value ?? null
  const isTokens = JIRA_TPM_SERVER === undefined ? server?.includes('://') : server === JIRA_TPM_SERVER
  return { server, token: isTokens === true ? (JIRA_TPM_SERVER_TOKEN ?? null) : null }
}
