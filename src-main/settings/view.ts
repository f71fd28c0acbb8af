import type { Settings, WatchChoice } from '../../src-shared/contract/settings.ts'
import type { CurrentEngine } from '../app/current-engine.ts'
import type { SiteConfig } from '../config/config.ts'
import type { SecretOwner, Secrets } from '../secrets/secrets.ts'
import { failureOf } from '../../src-shared/errors/app-error.ts'

interface ViewParts {
  readonly engine: Pick<CurrentEngine, 'config' | 'failure' | 'openNow'>
  readonly secrets: Pick<Secrets, 'store' | 'kept'>
}

/** What is set, as far as a window may know it: of the token only where it is. */
export async function settingsView({ engine, secrets }: ViewParts, signal: AbortSignal): Promise<Settings> {
  const { jira, projectKey, jiraFixedBy } = engine.config()
  const store = await secrets.store(signal)
  const tokenIn =
    jira.kind === 'sandbox'
      ? 'none'
      : jira.tokenFrom === 'vault'
        ? 'vault'
        : await whereSecretIs(jira, jira.token, { secrets, store }, signal)
  const failure = engine.failure()
  return {
    jira: jira.kind === 'sandbox' ? null : connectionView(jira, projectKey, await watchNow(engine, jira)),
    tokenIn,
    fixedBy: jiraFixedBy,
    secrets: store,
    failure: failure && failureOf(failure),
  }
}

/** By their ids; names of the environment as the site understood them, where it is open. */
async function watchNow(
  engine: Pick<CurrentEngine, 'openNow'>,
  { watch, watchOfEnvironment }: SiteConfig,
): Promise<WatchChoice> {
  const open = watchOfEnvironment === undefined ? null : engine.openNow()
  if (open === null) return watch
  const { watchedField, watched } = await open.handlers['session.get']({})
  return { field: watchedField, ids: watched.map(({ id }) => id) }
}

function connectionView(
  jira: SiteConfig,
  projectKey: string | null,
  { field, ids }: WatchChoice,
): NonNullable<Settings['jira']> {
  const { url, user, tokenExpiresOn, caFile } = jira
  return { url, user, tokenExpiresOn, projectKey, caFile, watch: { field, ids: [...ids] } }
}

/** Where a token or a password is, without telling it. */
export async function whereSecretIs(
  owner: SecretOwner,
  ofEnvironment: string | null,
  { secrets, store }: { secrets: Pick<Secrets, 'kept'>; store: Settings['secrets'] },
  signal: AbortSignal,
): Promise<Settings['tokenIn']> {
  if (ofEnvironment !== null) return 'environment'
  // Asked all the same, a locked keychain would show one more dialog for its password.
  if (store.kind === 'none') return 'none'
  // A keychain that cannot be asked is reported by `store`.
  const secret = await secrets.kept(owner, signal).catch(() => null)
  return secret === null ? 'none' : store.kind
}
