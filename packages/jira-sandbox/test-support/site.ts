import { DEFAULT_SANDBOX } from '../src/config.ts'
import type { NewIssue } from '../src/issues/issue-record.ts'
import { openSandboxDatabase, type SandboxDatabase } from '../src/database/open-database.ts'
import { createIssue } from '../src/issues/write-issue.ts'
import { searchPage } from '../src/search/search.ts'
import type { MachineClock } from '../src/sandbox-clock.ts'
import { checkSettings, type SandboxSettings } from '../src/settings.ts'
import { createSite, type SandboxSite } from '../src/site.ts'

/** A machine's clock that goes only when it is set, or set back. */
export interface ManualClock extends MachineClock {
  sleep(): Promise<never>
  set(epochMs: number): void
}

export function manualClock(epochMs: number): ManualClock {
  let now = epochMs
  return {
    now: () => now,
    sleep: () => Promise.reject(new Error('Nothing waits for this clock')),
    set: (next) => {
      now = next
    },
  }
}

/** A site without a server and, unless a database is given, without a file: for what lies behind the endpoints. */
export function openTestSite(
  clock: MachineClock,
  overrides: Partial<SandboxSettings> = {},
  db: SandboxDatabase = openSandboxDatabase(':memory:'),
): SandboxSite {
  const settings = checkSettings({ ...DEFAULT_SANDBOX, historyTickets: 0, ...overrides })
  return createSite({ db, machine: clock, settings, credentials: undefined, baseUrl: nowhere })
}

function nowhere(): string {
  return 'http://127.0.0.1:1'
}

/** Makes a ticket as POST issue would, now or with a stamp of its own, and returns its key. */
export function addIssue(
  site: SandboxSite,
  fields: Readonly<Record<string, unknown>> = {},
  createdMs?: number,
): string {
  const body = {
    fields: { project: { key: 'TPM' }, issuetype: { id: '10001' }, summary: 'A ticket', ...fields },
  }
  if (createdMs === undefined) return createIssue(site, body).key
  const issue: NewIssue = {
    projectKey: 'TPM',
    typeId: 10_001,
    priorityId: 3,
    title: 'A ticket',
    labels: [],
    description: null,
    properties: [],
  }
  const { projectKey, number } = site.issues.create(issue, createdMs)
  return `${projectKey}-${number}`
}

/** The keys that a query finds on its first page. */
export function keysFor(site: SandboxSite, jql: string, more: object = {}): string[] {
  const { issues } = searchPage(site, { jql, ...more }) as { issues: { key: string }[] }
  return issues.map(({ key }) => key)
}
