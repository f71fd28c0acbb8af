import { UnfitServerError } from './failure.ts'
import type { ServerState } from './listener.ts'

const FIRST_VERSION = 130_000

/** Throws `UnfitServerError` for a server that we cannot use. */
export function refuseUnfit(state: ServerState): void {
  refuseOld(state)
  refuseNarrow(state)
}

/** Throws `UnfitServerError` for a server older than the first version that we know. */
export function refuseOld({ version, versionName }: Pick<ServerState, 'version' | 'versionName'>): void {
  if (version >= FIRST_VERSION) return
  throw new UnfitServerError(
    `is version ${versionName}, and Jira TPM needs 13 or newer`,
    'Use a newer server, or SQLite.',
  )
}

/** Throws `UnfitServerError` for a database that cannot keep every text. */
export function refuseNarrow({ encoding }: Pick<ServerState, 'encoding'>): void {
  if (encoding === 'UTF8') return
  throw new UnfitServerError(
    `keeps its texts as ${encoding}, which cannot hold every ticket’s title`,
    "Have a database made for it: CREATE DATABASE jira_tpm ENCODING 'UTF8' TEMPLATE template0;",
  )
}
