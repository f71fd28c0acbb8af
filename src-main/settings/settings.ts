import path from 'node:path'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import type { JiraDraft, Preflight, Settings, WatchChoice } from '../../src-shared/contract/settings.ts'
import { failureOf, nothingChanged, nothingSent } from '../../src-shared/errors/app-error.ts'
import type { SiteConfig } from '../config/config.ts'
import type { CurrentEngine } from '../app/current-engine.ts'
import { saveJiraSettings } from '../config/config-file.ts'
import { checkedProjectKey, siteUrl } from '../config/jira-config.ts'
import type { AuthGates } from '../jira/auth-gate.ts'
import type { RequestPolicy } from '../jira/link.ts'
import { createSiteJira, INTERACTIVE_POLICY } from '../jira/open-jira.ts'
import type { PauseMemory } from '../jira/rate-limiter.ts'
import { blockerOfCreating } from '../preflight/report.ts'
import { runPreflight } from '../preflight/preflight.ts'
import type { RecentChecks } from '../preflight/recent-checks.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import { whereSecretIs, type Secrets } from '../secrets/secrets.ts'
import { limit } from '../runtime/async.ts'
import type { Log } from '../runtime/log.ts'
import type { AccessBook } from '../tokens/access-book.ts'
import { createFirstSteps } from './first-steps.ts'
import { createScreens } from './screens.ts'
import { createStoreSettings, refuseChange, type StoreSettingsParts } from './store-settings.ts'

type SettingsHandlers = Pick<Handlers, Extract<keyof Handlers, `settings.${string}`>>

interface SettingsParts extends Omit<StoreSettingsParts, 'inTurn'> {
  readonly checks?: Pick<RecentChecks, 'note'>
  readonly gates: AuthGates
  readonly log: Log
  readonly accessBook: AccessBook
  readonly onSilence?: RequestPolicy['onSilence']
  readonly memory?: PauseMemory | undefined
}

/** Which Jira is watched and where tickets are kept, as a person sets it from a window or the command line. */
export function createSettings(parts: SettingsParts) {
  const stopping = new AbortController()
  const { signal } = stopping
  const view = (): Promise<Settings> => settingsView(parts, signal)
  /** Two at once would mix their steps. */
  const inTurn = limit(1)
  const handlers: SettingsHandlers = {
    'settings.get': view,
    'settings.preflight': (draft, left) =>
      inTurn(async () => {
        const untilLeft = left === undefined ? signal : AbortSignal.any([signal, left])
        const { site, preflight } = await tryOut(parts, draft, untilLeft)
        if (draft.token === null) noteCheck(parts, { ...site, projectKey: draft.projectKey }, preflight)
        return preflight
      }),
    'settings.connect': (draft) => inTurn(() => connect(parts, draft, signal)),
    'settings.disconnect': ({ forgetToken }) =>
      inTurn(async () => {
        await disconnect(parts, forgetToken, signal)
        return view()
      }),
    ...createFirstSteps(parts.dataDir),
    ...createScreens({ ...parts, book: parts.accessBook }),
    ...createStoreSettings({ ...parts, inTurn }, signal),
  }
  return {
    handlers,
    /** Gives up what is being tried. */
    stop: (): void => stopping.abort(nothingChanged('cancelled', 'Jira TPM is closing.')),
  }
}

/** A run that comes after it need not check the same once more. */
function noteCheck(
  { checks }: Pick<SettingsParts, 'checks'>,
  { url, user, projectKey, watch }: SiteConfig & { readonly projectKey: string | null },
  preflight: Preflight,
): void {
  if (blockerOfCreating(preflight) !== null) return
  const { projects, watched } = preflight.choices
  const key = projectKey ?? (projects.length === 1 ? projects[0]?.key : undefined)
  if (key === undefined) return
  checks?.note({ url, user, projectKey: key, fieldId: watch.field.id, valueIds: watched.map(({ id }) => id) })
}

async function connect(parts: SettingsParts, draft: JiraDraft, signal: AbortSignal): Promise<Preflight> {
  const { engine, secrets, dataDir } = parts
  await refuseChange(engine, 'Jira')
  const { site, token, preflight } = await tryOut(parts, draft, signal)
  if (preflight.state !== 'green') return preflight
  if (draft.token !== null) await secrets.keep(site, token, signal)
  // By their ids from now on: names may be changed in Jira.
  const watch = { field: site.watch.field, ids: preflight.choices.watched.map(({ id }) => id) }
  await saveJiraSettings(dataDir, { ...site, projectKey: draft.projectKey, watch })
  await engine.reopen()
  return preflight
}

async function disconnect(parts: SettingsParts, forgetToken: boolean, signal: AbortSignal): Promise<void> {
  const { engine, secrets, dataDir } = parts
  const { jira } = engine.config()
  await refuseChange(engine, 'Jira')
  if (forgetToken && jira.kind === 'site') await secrets.forget(jira, signal)
  await saveJiraSettings(dataDir, null)
  await engine.reopen()
}

/** Goes through a connection step by step. Throws `usage` or `not-configured` where it cannot be tried at all. */
async function tryOut(parts: SettingsParts, draft: JiraDraft, signal: AbortSignal) {
  const site = siteOfDraft(draft)
  const token = draft.token ?? (await keptToken(parts, site, signal))
  rememberSecret(token, site.user)
  const { network } = parts.engine.config()
  const connection = { ...site, token, watchedField: site.watch.field.id }
  const gate = parts.gates.of(connection)
  gate.reset()
  const jira = createSiteJira(connection, {
    network,
    clock: parts.clock,
    gate,
    memory: parts.memory,
    onSilence: parts.onSilence,
    ...INTERACTIVE_POLICY,
  })
  try {
    const { projectKey, tokenExpiresOn } = draft
    const preflight = await runPreflight(
      jira,
      { projectKey, watch: site.watch, tokenExpiresOn, connection: site },
      {
        clock: parts.clock,
        signal,
        needs: 'watch',
        onChange: (progress) => parts.hub.publish('preflight.changed', progress),
      },
    )
    return { site, token, preflight }
  } finally {
    gate.countRefusal()
    await jira.close()
  }
}

/** The token that is there for an address and user already. */
async function keptToken(parts: SettingsParts, site: SiteConfig, signal: AbortSignal): Promise<string> {
  const { jira } = parts.engine.config()
  const same = jira.kind === 'site' && jira.url === site.url && jira.user === site.user
  const token = (same ? jira.token : null) ?? (await parts.secrets.kept(site, signal))
  if (token !== null) return token
  throw nothingSent(
    'not-configured',
    `There is no token for ${site.url} yet.`,
    'Fill in the API token (Jira Cloud) or the personal access token (Data Center).',
  )
}

/** Checks what a person filled in, as far as no Jira is needed for it. Throws `usage`. */
export function siteOfDraft(draft: JiraDraft): SiteConfig {
  const { user, tokenExpiresOn, caFile, watch } = draft
  if (draft.projectKey !== null) {
    checkedProjectKey({ value: draft.projectKey, source: 'The project', code: 'usage' })
  }
  if (caFile !== null && !path.isAbsolute(caFile)) {
    throw nothingSent(
      'usage',
      'The file of certificates is not a whole path.',
      'Give it from the root on, as /etc/ssl/company.pem.',
    )
  }
  const url = siteUrl({ value: draft.url.trim(), source: 'The address', code: 'usage' })
  return { kind: 'site', url, user: user?.trim() || null, token: null, tokenExpiresOn, caFile, watch }
}

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
