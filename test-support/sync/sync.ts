import { ALL_TIME } from '../../src-shared/domain/known-spans.ts'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { createEventHub } from '../../src-shared/contract/client.ts'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { createSiteTime, machineClock, type Clock } from '../../src-main/runtime/clock.ts'
import { createCloudJira } from '../../src-main/jira/cloud/cloud.ts'
import type { Jira } from '../../src-main/jira/jira.ts'
import type { SandboxSettings } from '#jira-sandbox'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import type { Store } from '../../src-main/store/store.ts'
import { openTestStore } from '../store/store.ts'
import { syncScope, type WatchScope } from '../../src-main/sync/scope.ts'
import { createSync, type SyncJira, type SyncOptions } from '../../src-main/sync/sync.ts'
import { storedOf, truthOf, type Essence } from './truth.ts'

const SITE = 'site-of-the-test'
const WATCHED = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
]
const PRIORITY = { id: PRIORITY_FIELD, name: 'Priority' }

/** What a test's sync watches unless told otherwise. */
export const TEST_SCOPE: WatchScope = { projectKey: null, priorityIds: ['1', '2'], fieldId: PRIORITY_FIELD }

/** How long a test waits for what happens by itself, on a machine that is busy with others. */
export const PATIENCE = { timeout: 30_000 }

/** The machine's clock for someone in a hurry: no wait lasts longer than a few milliseconds. */
export const hastyClock: Clock = {
  now: () => machineClock.now(),
  sleep: (ms, signal) => machineClock.sleep(Math.min(ms, 3), signal),
}

/** A sandbox and our client to it, ended with the test. */
export async function startJira(
  settings: Partial<SandboxSettings> & { readonly file?: string } = {},
): Promise<{ sandbox: TestSandbox; jira: Jira }> {
  const sandbox = await startTestSandbox(settings)
  onTestFinished(() => sandbox.stop())
  return { sandbox, jira: jiraOf(sandbox) }
}

/** Our client to a sandbox, not waiting long between repeats. */
function jiraOf({ url, email, apiToken }: TestSandbox): Jira {
  return createCloudJira({ url, email, apiToken, clock: hastyClock })
}

/** A Jira that calls `before` ahead of each search, which it numbers from 0. */
export function watchedSearch(jira: SyncJira, before: (n: number) => Promise<void> | void): SyncJira {
  let searches = 0
  return {
    ...jira,
    async search(query, signal) {
      await before(searches++)
      return jira.search(query, signal)
    },
  }
}

export type TestSync = Awaited<ReturnType<typeof openTestSync>>

/** A sync into a store of its own, or a given one, ended with the test. */
export async function openTestSync(
  jira: SyncJira,
  { store: given, ...options }: Partial<Omit<SyncOptions, 'store'>> & { readonly store?: Store } = {},
) {
  const store = given ?? (await openTestStore())
  const hub = createEventHub()
  const statuses: SyncStatus[] = []
  hub.on('sync.changed', (status) => void statuses.push(status))
  const siteTime = createSiteTime(options.clock ?? machineClock)
  const { projectKey = null, watched = WATCHED, watchedField = PRIORITY } = options
  const scope = { projectKey, priorityIds: watched.map(({ id }) => id), fieldId: watchedField.id }
  const sync = createSync({
    siteId: SITE,
    projectKey,
    watchedField,
    watched,
    jira,
    store,
    clock: machineClock,
    siteTime,
    hub,
    owner: 'this process',
    intervalMs: 60_000,
    log: pino({ level: 'silent' }),
    ...options,
  })
  onTestFinished(() => sync.stop())
  const all = { siteId: SITE, projectKey, ...ALL_TIME, limit: 1_000_000 }
  return {
    sync,
    siteId: SITE,
    store,
    scope,
    siteTime,
    /** Every status that was published. */
    statuses,
    /** All counted tickets that are stored, the oldest first. */
    stored: async () => (await store.tickets({ ...all, ...scope })).toReversed(),
    /** What is stored, for `expectTruth`. */
    truth: () => storedOf(store, SITE, scope),
    /** Everything that has left, as the store lists it. */
    left: () => store.removedTickets(all),
    /** The watermark; null before the first whole fetch. */
    watermark: async () => (await store.syncState(SITE, syncScope(scope)))?.watermarkMs ?? null,
  }
}

/** The tickets that a sandbox really has of the watched priorities, by id. */
export async function watchedTruth(sandbox: TestSandbox): Promise<readonly Essence[]> {
  return (await truthOf(sandbox, TEST_SCOPE)).tickets
}

/** Makes a ticket as anyone may, and tells its id. */
export async function makeTicket(
  sandbox: TestSandbox,
  priorityId: string,
  projectKey = 'TPM',
): Promise<string> {
  const { body } = await sandbox.request('POST', '/rest/api/3/issue', {
    fields: {
      project: { key: projectKey },
      issuetype: { id: '10001' },
      summary: 'Somebody else made this',
      priority: { id: priorityId },
    },
  })
  return (body as { id: string }).id
}

/** Lets the site's clock run ten minutes a second, for so many minutes of it. */
export async function hurry(sandbox: TestSandbox, minutes: number): Promise<void> {
  const { body } = await sandbox.request('GET', '/sandbox/clock')
  const untilSiteMs = Math.floor((body as { siteMs: number }).siteMs + minutes * 60_000)
  const { status } = await sandbox.request('PUT', '/sandbox/clock', { rate: 600, untilSiteMs })
  if (status !== 200) throw new Error(`The clock was answered with ${status}`)
}

/** Edits a ticket's fields. */
export async function editTicket(
  sandbox: TestSandbox,
  id: string,
  fields: Record<string, unknown>,
): Promise<void> {
  const { status } = await sandbox.request('PUT', `/rest/api/3/issue/${id}`, { fields })
  if (status !== 204) throw new Error(`The edit was answered with ${status}`)
}
