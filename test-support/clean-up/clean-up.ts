import { randomUUID } from 'node:crypto'
import { expect, onTestFinished } from 'vitest'
import { createEventHub, type EventHub } from '../../src-shared/contract/client.ts'
import type { CleanUp } from '../../src-shared/contract/runs/clean-up.ts'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { createSiteTime, machineClock, type SiteTime } from '../../src-main/runtime/clock.ts'
import {
  GENERATED_LABEL,
  newRunId,
  runLabel,
  SLOT_PROPERTY,
  slotMark,
} from '../../src-main/generator/marks.ts'
import { createCloudJira } from '../../src-main/jira/cloud/cloud.ts'
import { createDataCenterJira } from '../../src-main/jira/data-center/data-center.ts'
import type { Jira } from '../../src-main/jira/jira.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import type { NewSlot, RunState, SlotOutcome } from '../../src-main/store/ledger/ledger.ts'
import type { Store } from '../../src-main/store/store.ts'
import { countDifferences } from '../store/count-differences.ts'
import { makeTestData } from '../store/store.ts'
import { createSync, type Sync } from '../../src-main/sync/sync.ts'
import { hastyClock, TEST_SCOPE } from '../sync/sync.ts'
import { expectTruth, storedOf, truthOf } from '../sync/truth.ts'
import { createCleanUp, type CleanUpService, type CleanUpParts } from '../../src-main/clean-up/clean-up.ts'

export type Kind = 'cloud' | 'data-center'
export const KINDS: readonly Kind[] = ['cloud', 'data-center']

export const never: AbortSignal = new AbortController().signal
const QUIET = { info: () => {}, warn: () => {}, error: () => {} }

/** A run of the ledger whose tickets are in Jira, by the numbers of their slots. */
export type MadeRun = Awaited<ReturnType<typeof makeRun>>

interface RunGiven {
  /** `done` where absent. */
  readonly state?: RunState
  readonly projectKeys?: readonly string[]
  /** Slots whose ticket the ledger does not know: `unknown`. */
  readonly unknown?: readonly number[]
}

/** A real sandbox of either kind, a real store, a sync that watches it, and as many desks as a test wants. */
export type CleanUpBench = Awaited<ReturnType<typeof openCleanUpBench>>

export async function openCleanUpBench(kind: Kind, settings: Parameters<typeof startTestSandbox>[0] = {}) {
  const sandbox = await startTestSandbox({ deployment: kind, ...settings })
  onTestFinished(() => sandbox.stop())
  const data = await makeTestData()
  const store = await data.open()
  const { siteId } = sandbox
  const jira = jiraOf(kind, sandbox)
  const siteTime = createSiteTime(machineClock)
  const hub = createEventHub()
  const told: CleanUp[] = []
  hub.on('clean-up.changed', (cleanUp) => void told.push(cleanUp))
  const sync = createTestSync({ siteId, store, jira, siteTime, hub })
  onTestFinished(() => sync.stop())
  const newParts = (): CleanUpParts => ({
    siteId,
    jira,
    store,
    clock: machineClock,
    siteTime,
    hub,
    log: QUIET,
    owner: randomUUID(),
    onDeleted: (deleted, atMs) => sync.noteDeleted(deleted, atMs),
  })

  const begin = async (desk: CleanUpService, runId: string): Promise<CleanUp> => {
    const { count, refusal } = await desk.preview(runId, never)
    expect(refusal).toBeNull()
    return desk.start({ runId, confirmedSite: siteId, count })
  }
  return {
    sandbox,
    siteId,
    store,
    data,
    jira,
    sync,
    hub,
    /** What was published of clean-ups. */
    told,
    /** What a desk is made of, as another process would have it: an owner of its own. */
    parts: newParts,
    /** A desk of such parts, closed when the test ends. */
    desk(overrides: Partial<CleanUpParts> = {}): CleanUpService {
      const desk = createCleanUp({ ...newParts(), ...overrides })
      onTestFinished(() => desk.close())
      return desk
    },
    makeRun: (count: number, given: RunGiven = {}) =>
      makeRun({ store, jira, siteId, siteTime }, count, given),
    /** Looks at a run and agrees to what is shown. */
    begin,
    /** As `begin`, and waits for the end. */
    async cleanUp(desk: CleanUpService, runId: string): Promise<CleanUp> {
      await begin(desk, runId)
      return ended(desk)
    },
    /** Keys of all tickets that the sandbox truly has. */
    keys: async () => (await sandbox.truth()).map(({ key }) => key),
    /** Fails where the chart's counts are not what GROUP BY gives, or not what the sandbox truly has. */
    async expectChartIsTrue() {
      expect(await countDifferences((sql) => data.query(sql), siteId)).toEqual([])
      expectTruth(await storedOf(store, siteId, TEST_SCOPE), await truthOf(sandbox, TEST_SCOPE))
    },
  }
}

function jiraOf(kind: Kind, { url, email, apiToken }: TestSandbox): Jira {
  return kind === 'cloud'
    ? createCloudJira({ url, email, apiToken, clock: hastyClock })
    : createDataCenterJira({ url, token: apiToken, clock: hastyClock })
}

/** Takes a ticket's mark away, as somebody does who may edit it. */
export async function removeMark(
  kind: Kind,
  { url, email, apiToken }: TestSandbox,
  key: string,
): Promise<void> {
  const isCloud = kind === 'cloud'
  const basic = Buffer.from(`${email}:${apiToken}`).toString('base64')
  const authorization = isCloud ? `Basic ${basic}` : `Bearer ${apiToken}`
  const path = `/rest/api/${isCloud ? 3 : 2}/issue/${key}/properties/${SLOT_PROPERTY}`
  const { status } = await fetch(url + path, { method: 'DELETE', headers: { authorization } })
  if (status !== 204) throw new Error(`The mark of ${key} stayed: ${status}`)
}

interface SyncParts {
  readonly siteId: string
  readonly store: Store
  readonly jira: Jira
  readonly siteTime: SiteTime
  readonly hub: Pick<EventHub, 'publish'>
  readonly owner?: string
}

/** A sync of everything High and Highest, which fetches when it is asked to. */
export function createTestSync(parts: SyncParts): Sync {
  return createSync({
    projectKey: null,
    watchedField: { id: PRIORITY_FIELD, name: 'Priority' },
    watched: TEST_SCOPE.priorityIds.map((id) => ({ id, name: id })),
    clock: machineClock,
    intervalMs: 600_000,
    log: QUIET,
    owner: randomUUID(),
    ...parts,
  })
}

/** How the desk's clean-up ended. */
export async function ended(desk: CleanUpService): Promise<CleanUp> {
  await expect.poll(() => desk.current()?.state, { timeout: 60_000, interval: 5 }).not.toBe('running')
  return desk.current() as CleanUp
}

/** Resolves when the desk has deleted so many. */
export async function deletedSome(desk: CleanUpService, count: number): Promise<void> {
  await expect
    .poll(() => desk.current()?.deleted ?? 0, { timeout: 60_000, interval: 1 })
    .toBeGreaterThanOrEqual(count)
}

interface MakeParts {
  readonly store: Store
  readonly jira: Jira
  readonly siteId: string
  readonly siteTime: SiteTime
}

const AT_ONCE = 16

async function makeRun(
  { store, jira, siteId, siteTime }: MakeParts,
  count: number,
  { state = 'done', projectKeys = ['TPM'], unknown = [] }: RunGiven,
) {
  const runId = newRunId()
  const startMs = siteTime.now()
  const slots = Array.from({ length: count }, (_, slot): NewSlot => {
    const projectKey = projectKeys[slot % projectKeys.length] ?? 'TPM'
    return {
      slot,
      plannedMs: startMs + slot,
      priorityId: String((slot % 2) + 1),
      projectKey,
      issueTypeId: '10001',
    }
  })
  await store.createRun(
    {
      siteId,
      runId,
      projectKey: projectKeys.join(', '),
      seed: 7,
      planned: count,
      startMs,
      endMs: startMs + count,
      rate: 1,
      profile: 'steady',
      mix: 'all',
      state: 'running',
      createdAtMs: startMs,
    },
    slots,
  )
  await store.claimSlots(
    siteId,
    runId,
    slots.map(({ slot }) => slot),
    startMs,
  )
  const tickets: { id: string; key: string }[] = []
  for (let from = 0; from < count; from += AT_ONCE) {
    tickets.push(
      ...(await Promise.all(slots.slice(from, from + AT_ONCE).map((slot) => makeTicket(jira, runId, slot)))),
    )
  }
  const outcomes = tickets.map(({ id, key }, slot): SlotOutcome => {
    const answered = { slot, answeredAtMs: siteTime.now(), latenessMs: 1 }
    return unknown.includes(slot)
      ? { ...answered, state: 'unknown', issueId: null, issueKey: null, reason: 'The answer was lost.' }
      : { ...answered, state: 'created', issueId: id, issueKey: key, reason: null }
  })
  await store.recordSlots(siteId, runId, outcomes)
  if (state !== 'running') await store.setRunState(siteId, runId, state, siteTime.now())
  return { runId, tickets }
}

function makeTicket(jira: Jira, runId: string, slot: NewSlot): Promise<{ id: string; key: string }> {
  return jira.create(
    {
      projectKey: slot.projectKey,
      issueTypeId: slot.issueTypeId,
      priorityId: slot.priorityId,
      title: `Ticket ${slot.slot}`,
      paragraphs: ['It is urgent.'],
      labels: [GENERATED_LABEL, runLabel(runId)],
      properties: [{ key: SLOT_PROPERTY, value: slotMark(runId, slot.slot) }],
    },
    never,
  )
}
