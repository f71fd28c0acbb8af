import { AppError } from '../../../src-shared/errors/app-error.ts'
import { JiraError } from '../../jira/errors.ts'
import type { Jira, NewRegistration, WebhookRegistration } from '../../jira/jira.ts'
import { quoted } from '../../sync/scope.ts'

/** What our receiver must be told of. */
export const EVENTS = ['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted'] as const

/** What a webhook for us looks like. */
export interface WantedWebhook {
  readonly name: string
  readonly url: string
  readonly events: readonly string[]
  /** By project alone: one by priority would not tell of a ticket that is lowered. Empty: every ticket. */
  readonly jql: string
}

/** `projectKey` null: every project is watched. */
export function wantedWebhook(url: string, projectKey: string | null): WantedWebhook {
  return {
    name: projectKey === null ? 'Jira TPM' : `Jira TPM: ${projectKey}`,
    url,
    events: EVENTS,
    jql: projectKey === null ? '' : `project = ${quoted(projectKey)}`,
  }
}

type WebhookJira = Pick<Jira, 'webhooks' | 'saveWebhook' | 'deleteWebhook'>

/** What an administrator's endpoint answers to an account, or a scoped token, that may not: see `mayNotRegister`. */
const MAY_NOT = [401, 403, 404]

/** Whether Jira refused because this account may not see, or register, webhooks: then an administrator has to. */
export function mayNotRegister(error: unknown): error is JiraError {
  return error instanceof JiraError && error.code === 'jira-refused' && MAY_NOT.includes(error.status ?? 0)
}

/** Those that go to our receiver, the oldest first. There is one at most, unless somebody else made a second. */
export async function ourWebhooks(
  jira: WebhookJira,
  url: string,
  signal: AbortSignal,
): Promise<WebhookRegistration[]> {
  const all = await jira.webhooks(signal)
  return all
    .filter((webhook) => sameAddress(webhook.url, url))
    .toSorted((a, b) => Number(a.id) - Number(b.id))
}

/**
 * Registers a webhook, or makes the one that goes there right; the secret is written anew in any case. Two that do so at once
 * both leave the oldest, and no other. `made`: whether there was none. Throws what Jira answers, and `jira-refused` where this Jira
 * signs nothing: then none stays.
 */
export async function registerWebhook(
  jira: WebhookJira,
  wanted: WantedWebhook,
  secretOf: () => Promise<string>,
  signal: AbortSignal,
): Promise<{ readonly webhook: WebhookRegistration; readonly made: boolean }> {
  const before = await ourWebhooks(jira, wanted.url, signal)
  const made = before.length === 0
  if (made) await saveOrSee(jira, { ...wanted, id: null, secret: await secretOf() }, signal)
  const [first, ...others] = made ? await ourWebhooks(jira, wanted.url, signal) : before
  if (first === undefined) throw notKept(wanted)
  for (const { id } of others) await forget(jira, id, signal)
  // Who registered at the same moment may have kept another secret: the one that is kept is the one that signs.
  let saved = ''
  for (let secret = await secretOf(); secret !== saved; secret = await secretOf()) {
    saved = secret
    await jira.saveWebhook({ ...wanted, id: first.id, secret }, signal)
  }
  const webhook = (await ourWebhooks(jira, wanted.url, signal))[0] ?? first
  if (webhook.isSigned !== false) return { webhook, made }
  if (made) await forget(jira, webhook.id, signal)
  throw signsNothing()
}

/** Deletes what goes to our receiver. How many they were. */
export async function removeWebhooks(jira: WebhookJira, url: string, signal: AbortSignal): Promise<number> {
  const ours = await ourWebhooks(jira, url, signal)
  for (const { id } of ours) await forget(jira, id, signal)
  return ours.length
}

/** What is wrong with a registration, each a sentence with what to do; none where it is as it should be. */
export function faultsOf(webhook: WebhookRegistration, wanted: WantedWebhook): string[] {
  const missing = wanted.events.filter((event) => !webhook.events.includes(event))
  return [
    ...(webhook.isEnabled ? [] : ['It is switched off in Jira: no webhook comes.']),
    ...(missing.length === 0 ? [] : [`It does not tell of ${missing.join(', ')}.`]),
    ...(webhook.hasBody ? [] : ['Jira leaves the body out: nobody can tell which ticket it is about.']),
    ...filterFaults(webhook.jql, wanted.jql),
    ...(webhook.isSigned === false ? ['It is not signed: all its webhooks are refused.'] : []),
  ]
}

function filterFaults(jql: string, wanted: string): string[] {
  if (jql === '' || jql === wanted) return []
  if (/priority/i.test(jql)) {
    return [`Its JQL is by priority (${jql}): of a ticket that is lowered nothing is told.`]
  }
  return wanted === ''
    ? [`Its JQL (${jql}) leaves tickets out: every project is watched.`]
    : [`Its JQL is ${jql}, and not ${wanted}.`]
}

/** As Jira may write it. */
function sameAddress(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).href === new URL(b).href
}

/** Of one whose answer was lost it is looked whether it is there. */
async function saveOrSee(jira: WebhookJira, webhook: NewRegistration, signal: AbortSignal): Promise<void> {
  try {
    await jira.saveWebhook(webhook, signal)
  } catch (error) {
    const isUnsure =
      error instanceof JiraError && ['reset', 'timeout', 'server', 'cut'].includes(error.failure)
    if (!isUnsure || (await ourWebhooks(jira, webhook.url, signal)).length === 0) throw error
  }
}

/** Somebody else may have deleted it just now. */
async function forget(jira: WebhookJira, id: string, signal: AbortSignal): Promise<void> {
  try {
    await jira.deleteWebhook(id, signal)
  } catch (error) {
    if (!(error instanceof JiraError && error.status === 404)) throw error
  }
}

function notKept({ name }: WantedWebhook): AppError {
  return new AppError('jira-broken', `Jira took the webhook ${name} and does not list it.`, {
    consequence: 'No webhook comes.',
    hint: 'Look at System → WebHooks in Jira.',
  })
}

function signsNothing(): AppError {
  return new AppError('jira-refused', 'This Jira does not sign its webhooks.', {
    consequence: 'Anybody could send some, so none was registered; it is asked every few seconds, as ever.',
    hint: 'Data Center signs them from version 10 on.',
  })
}
