import type { WatchChoice } from '../../src-shared/contract/settings.ts'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { createSiteTime } from '../runtime/clock.ts'
import type { SiteConfig } from '../config/config.ts'
import { createSiteJira, INTERACTIVE_POLICY, type SiteJira } from '../jira/open-jira.ts'
import type { JiraAddress } from '../jira/find-jira.ts'
import { siteAddress } from '../jira/site-url.ts'
import { fieldCalled } from '../jira/watched.ts'
import { resolveAccount, type SiteAccount } from '../secrets/secrets.ts'
import type { Site, SiteParts } from './site.ts'
import { soonWhere } from './site-memory.ts'
import { createRotatingJira } from '../vault/rotating-jira.ts'

/**
 * A Jira Cloud site or a Data Center server. What kind it is the server itself says; while it does not answer, what it
 * said the last time holds. Throws `not-configured` or `secrets-unavailable` where there is no token for it, and Jira's
 * own AppError where it has never answered.
 */
export async function openRealSite(given: SiteConfig, parts: SiteParts): Promise<Site> {
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
