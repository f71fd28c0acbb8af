import type { WatchChoice } from '../../src-shared/contract/settings.ts'
import { PRIORITY_FIELD, type Priority } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Config, SiteConfig } from '../config/config.ts'
import type { JiraAddress } from '../jira/find-jira.ts'
import { createSiteJira, INTERACTIVE_POLICY, type SiteJira } from '../jira/open-jira.ts'
import { siteAddress } from '../jira/site-url.ts'
import { fieldCalled, watchedValues } from '../jira/watched.ts'
import { createSiteTime } from '../runtime/clock.ts'
import { resolveAccount, type SiteAccount } from '../secrets/secrets.ts'
import { createRotatingJira } from '../vault/rotating-jira.ts'
import { openSandboxSite } from './sandbox-site.ts'
import { soonWhere } from './site-memory.ts'
import type { Site, SiteParts } from './site.ts'

/** Opens the configured Jira. Starts the sandbox where it is wanted and does not run yet. */
export async function openSite(config: Config, parts: SiteParts): Promise<Site> {
  const { jira } = config
  return jira.kind === 'sandbox' ? openSandboxSite(config, parts) : openRealSite(jira, parts)
}

interface WatchedParts extends Pick<SiteParts, 'projectKey' | 'memory' | 'log' | 'signal'> {
  readonly isProjectNamed: boolean
  readonly choice: WatchChoice
}

/**
 * The values that are watched, asked of Jira. While it does not answer, those of the last time: what is stored can then
 * be shown, and the fetches say what is wrong. Throws Jira's own AppError where there was no last time.
 */
export async function watchedOf(site: Site, parts: WatchedParts): Promise<readonly Priority[]> {
  const { projectKey, isProjectNamed, choice, memory, log, signal } = parts
  const name = JSON.stringify([choice.field.id, ...choice.ids])
  const last = await memory.watched(site.id, name)
  const soon = soonWhere(last, signal)
  try {
    const onUnknown = (ids: readonly string[]): void =>
      log.warn({ ids }, 'some of the values chosen to be watched are not on the site any more')
    const watched = await watchedValues(site.jira, { projectKey, isProjectNamed, choice, onUnknown }, soon)
    await memory.rememberWatched(site.id, name, watched)
    return watched
  } catch (error) {
    if (!(error instanceof AppError) || ['not-configured', 'usage'].includes(error.code)) throw error
    if (last === null || signal.aborted) throw error
    log.warn({ code: error.code }, `what was watched the last time is watched: ${error.message}`)
    return last
  }
}

/**
 * A Jira Cloud site or a Data Center server. What kind it is the server itself says; while it does not answer, what it
 * said the last time holds. Throws `not-configured` or `secrets-unavailable` where there is no token for it, and Jira's
 * own AppError where it has never answered.
 */
async function openRealSite(given: SiteConfig, parts: SiteParts): Promise<Site> {
  const { network, secrets, memory, gates, clock, log, metrics, policy, signal } = parts
  const account = await resolveAccount(given, secrets, signal)
  const watch = await watchOf(given, account, parts)
  const config = { ...given, watch }
  const label = siteAddress(new URL(config.url))
  const id = siteId(label, config.watch.field.id)
  const remembered = await memory.server(id)
  const watchedField = config.watch.field.id
  const open = ({ user, token }: SiteAccount): SiteJira => {
    const connection = { ...config, user, token, watchedField }
    const gate = gates?.of(connection)
    return createSiteJira(connection, { network, clock, gate, remembered, metrics, memory, ...policy })
  }
  const jira =
    account.from === 'vault'
      ? createRotatingJira({
          account,
          open,
          again: () => resolveAccount(config, secrets, signal),
          clock,
          log,
        })
      : open(account)
  try {
    const server = await aboutServer(jira, remembered, parts)
    await memory.rememberServer(id, server)
    return {
      id,
      about: { id, kind: server.deployment, label, browseUrl: config.url },
      jira,
      watch,
      time: createSiteTime(clock),
      baseUrl: () => config.url,
      resetAuthGate: () => jira.resetAuthGate(),
      onBack: () => {}, // only its answers show it
      close: () => jira.close(),
    }
  } catch (error) {
    await jira.close()
    throw error
  }
}

/** What is watched, by the id of its field: JIRA_WATCH_FIELD may name it, and then the site is asked. */
export async function watchOf(
  site: SiteConfig,
  { user, token }: Pick<SiteAccount, 'user' | 'token'>,
  parts: Pick<SiteParts, 'network' | 'projectKey' | 'memory' | 'gates' | 'clock' | 'signal'>,
): Promise<WatchChoice> {
  const { network, projectKey, memory, gates, clock, signal } = parts
  const { watch, watchOfEnvironment } = site
  const wanted = watchOfEnvironment?.field ?? PRIORITY_FIELD
  if (wanted.toLowerCase() === PRIORITY_FIELD) return watch
  const connection = { ...site, user, token, watchedField: PRIORITY_FIELD }
  const gate = gates?.of(connection)
  const jira = createSiteJira(connection, { network, clock, gate, memory, ...INTERACTIVE_POLICY })
  try {
    return { ...watch, field: await fieldCalled(jira, { wanted, projectKey }, signal) }
  } finally {
    await jira.close()
  }
}

/**
 * A Jira's name in the store. A ticket has one row there, with the value of the watched field, and ids of one field's
 * values may equal another's; so what is watched by another field is kept apart, as if it were another Jira.
 */
function siteId(address: string, fieldId: string): string {
  return fieldId === PRIORITY_FIELD ? address : `${address}#${fieldId}`
}

async function aboutServer(
  jira: SiteJira,
  remembered: JiraAddress | null,
  { log, signal }: SiteParts,
): Promise<JiraAddress> {
  const soon = soonWhere(remembered, signal)
  try {
    return await jira.about(soon)
  } catch (error) {
    if (remembered === null || signal.aborted) throw error
    log.warn({ err: error }, 'the Jira does not say what it is; it is taken for what it was')
    return remembered
  }
}
