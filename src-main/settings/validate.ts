import path from 'node:path'
import type { JiraDraft } from '../../src-shared/contract/settings.ts'
import type { PostgresDraft } from '../../src-shared/contract/store.ts'
import { nothingChanged, nothingSent } from '../../src-shared/errors/app-error.ts'
import type { CurrentEngine } from '../app/current-engine.ts'
import type { PostgresConfig, SiteConfig } from '../config/config.ts'
import { projectKey, siteUrl } from '../config/jira-config.ts'
import { postgresConfig } from '../config/postgres-config.ts'
import { refusal } from '../config/store-config.ts'

/** Checks what a person filled in, as far as no Jira is needed for it. Throws `usage`. */
export function siteOfDraft(draft: JiraDraft): SiteConfig {
  const { user, tokenExpiresOn, caFile, watch } = draft
  if (draft.projectKey !== null) {
    projectKey({ value: draft.projectKey, by: 'The project', code: 'usage' })
  }
  if (caFile !== null && !path.isAbsolute(caFile)) {
    throw nothingSent(
      'usage',
      'The file of certificates is not a whole path.',
      'Give it from the root on, as /etc/ssl/company.pem.',
    )
  }
  const url = siteUrl({ value: draft.url.trim(), by: 'The address', code: 'usage' })
  return { kind: 'site', url, user: user?.trim() || null, token: null, tokenExpiresOn, caFile, watch }
}

/** Checks a PostgreSQL server that a person filled in, as far as it is not needed for that. Throws `usage`. */
export function storeOfDraft(draft: PostgresDraft): PostgresConfig {
  const { password, caFile } = draft
  const refuse = refusal({ by: 'The server', code: 'usage' })
  if (caFile !== null && !path.isAbsolute(caFile)) {
    throw refuse(
      'has a CA file that is not a whole path',
      'Give it from the root on, as /etc/ssl/company.pem.',
    )
  }
  const parts = {
    host: draft.host.trim(),
    port: String(draft.port),
    database: draft.database.trim(),
    user: draft.user.trim(),
    sslmode: draft.tls,
    ...(password === null ? {} : { password }),
    ...(caFile === null ? {} : { sslrootcert: caFile }),
  }
  const empty = (['host', 'database', 'user'] as const).find((name) => parts[name] === '')
  if (empty !== undefined) throw refuse(`has no ${empty}`, 'Fill it in.')
  return postgresConfig(parts, '/', refuse)
}

/**
 * Throws `usage` where a flag or the environment says what is used, and `busy` while a run is under way in a real Jira:
 * it is ended by its person. The sandbox's own is only paused, and goes on when it is watched again, with the same store.
 */
export async function refuseChange(
  engine: Pick<CurrentEngine, 'config' | 'openNow'>,
  what: 'Jira' | 'store',
): Promise<void> {
  const { jira, jiraFixedBy, storeFixedBy } = engine.config()
  const fixedBy = what === 'Jira' ? jiraFixedBy : storeFixedBy
  if (fixedBy !== null) {
    const hint = `Start Jira TPM without ${fixedBy} to choose it here.`
    throw nothingChanged('usage', `The ${what} is fixed by ${fixedBy}.`, hint)
  }
  if (jira.kind === 'sandbox') return
  // Where nothing is open, nothing of ours runs; and one that is still opening may wait for minutes.
  const run = await engine.openNow()?.handlers['runs.current']({})
  if (run?.state !== 'running') return
  throw nothingChanged('busy', 'A run is under way in the present Jira.', 'Pause or stop it first.')
}
