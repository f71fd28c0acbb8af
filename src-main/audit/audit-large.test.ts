import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { MAX_DIFFERENCES, type AuditResult } from '../../src-shared/contract/runs/audit.ts'
import { auditVerdict } from '../../src-shared/domain/audit-verdict.ts'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { GENERATED_LABEL, runLabel, slotMark } from '../generator/marks.ts'
import type { FoundTicket, IdPage, SearchPage } from '../jira/jira.ts'
import type { NewSlot, RunState } from '../store/ledger/ledger.ts'
import type { Store } from '../store/store.ts'
import { ENGINE, openTestStore } from '../../test-support/store/store.ts'
import { hastyClock } from '../../test-support/sync/sync.ts'
import type { AuditedJira } from './jira-snapshot.ts'
import { createAudit, type Audit } from './audit.ts'
import { named, numbers } from '../../test-support/audit/audit.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const COUNT = LONG ? 100_000 : 20_000
const SITE = 'large'
const RUN = 'abcd2345'
const NOON = Date.UTC(2026, 5, 1, 12)
const SPACING_MS = 864
const SCOPE = { projectKey: null, priorityIds: ['1', '2'], fieldId: PRIORITY_FIELD }
const DELETED = COUNT / 2
const UNFETCHED = COUNT - 5

/**
 * A day with a run of many slots, all of them watched. A real sandbox takes minutes to make so many: here Jira is a list,
 * which answers at once, so that nothing but the audit keeps the event loop.
 */
test(
  `a run of ${COUNT} slots and its day are audited while others have their turn`,
  { timeout: 300_000 },
  async () => {
    const store = await openTestStore()
    const tickets = Array.from({ length: COUNT }, (_, n) => ticketOf(n))
    await fill(store, tickets)
    const jira = listedJira(tickets.filter((_, n) => n !== DELETED))
    const audit = createAudit({ siteId: SITE, jira, store, clock: hastyClock, scope: SCOPE })
    const wanted = [
      `missing ${RUN}/${DELETED} TPM-${DELETED} deleted`,
      `missing ${RUN}/${UNFETCHED} TPM-${UNFETCHED} not-fetched`,
    ]

    for (const [what, work] of auditsOf(audit)) {
      const { result, tookMs, longestMs, heapMb } = await measured(work)
      console.info(
        `audit of a ${what} of ${COUNT} tickets on ${ENGINE}: ${Math.round(tookMs)} ms, longest hold of the event loop ${longestMs.toFixed(1)} ms, ${heapMb} MB more heap`,
      )
      expect(named(result)).toEqual(wanted)
      expect(numbers(result)).toEqual([COUNT, COUNT, COUNT, 0, COUNT - 1, COUNT - 2, COUNT - 2])
      // Ours is far below; a machine that is busy with others adds its own.
      expect(longestMs).toBeLessThan(1_000)
    }
  },
)

/** As many as a run may have; a server is longest in being filled with them. */
const UNMADE = LONG || ENGINE === 'sqlite' ? 100_000 : 20_000
/** Characters of its JSON form: what a host carries. */
const LARGEST_ANSWER = 3_000_000

test(
  `a run of ${UNMADE} slots that were not made: the first differences are listed, all of them counted`,
  { timeout: 300_000 },
  async () => {
    const store = await openTestStore()
    // In no order of time, so that the first by minute are not the first that are come to.
    const plannedMs = (slot: number): number => NOON + ((slot * 7_919) % UNMADE) * SPACING_MS
    await plan(store, { count: UNMADE, plannedMs, state: 'paused' })
    const audit = createAudit({ siteId: SITE, jira: listedJira([]), store, clock: hastyClock, scope: SCOPE })
    for (const [what, work] of auditsOf(audit)) {
      const { result, tookMs, longestMs } = await measured(work)
      const length = JSON.stringify(result).length
      console.info(
        `audit of a ${what} of ${UNMADE} unmade slots on ${ENGINE}: ${Math.round(tookMs)} ms, longest hold of the event loop ${longestMs.toFixed(1)} ms, answer of ${(length / 1e6).toFixed(1)} MB`,
      )
      expect(numbers(result)).toEqual([UNMADE, 0, 0, 0, 0, 0, 0])
      expect(result).toMatchObject({ ok: false, moreMissing: UNMADE - MAX_DIFFERENCES, moreExtra: 0 })
      expect(result.kinds).toEqual([{ kind: 'not-yet-made', count: UNMADE }])
      const slots = new Map(result.missing.map(({ slot, minute }) => [slot, minute]))
      expect(slots.size).toBe(MAX_DIFFERENCES)
      const first = Array.from({ length: UNMADE }, (_, slot) => minuteOf(plannedMs(slot))).toSorted(
        (a, b) => a - b,
      )
      expect(result.missing.map(({ minute }) => minute)).toEqual(first.slice(0, MAX_DIFFERENCES))
      for (const [slot, minute] of slots) expect(minute).toBe(minuteOf(plannedMs(slot ?? -1)))
      expect(auditVerdict(result).sentence).toBe(
        `Not over yet: 0 of ${UNMADE} tickets are made. Nothing else is amiss.`,
      )
      expect(length).toBeLessThan(LARGEST_ANSWER)
      expect(longestMs).toBeLessThan(1_000)
    }
  },
)

test(
  `a ledger that has lost which ${UNMADE} tickets it made, and labels that are of no run`,
  { timeout: 300_000 },
  async () => {
    const store = await openTestStore()
    await plan(store, { count: UNMADE, plannedMs: (slot) => NOON + slot * SPACING_MS, state: 'paused' })
    const tickets = Array.from({ length: UNMADE }, (_, n) => {
      const ticket = ticketOf(n)
      return n % 2 === 0 ? ticket : { ...ticket, labels: ['jira-tpm-a\u0000b', ...ticket.labels] }
    })
    const audit = createAudit({
      siteId: SITE,
      jira: listedJira(tickets),
      store,
      clock: hastyClock,
      scope: SCOPE,
    })
    for (const [what, work] of auditsOf(audit)) {
      const { result, tookMs, longestMs } = await measured(work)
      console.info(
        `audit of a ${what} of ${UNMADE} lost tickets on ${ENGINE}: ${Math.round(tookMs)} ms, longest hold of the event loop ${longestMs.toFixed(1)} ms`,
      )
      expect(numbers(result)).toEqual([UNMADE, 0, UNMADE, 0, UNMADE, 0, 0])
      expect(result).toMatchObject({ kinds: [{ kind: 'not-yet-made', count: UNMADE }], extra: [] })
      expect(result.missing[7]).toMatchObject({ key: 'TPM-7', slot: 7 })
      expect(longestMs).toBeLessThan(1_000)
    }
  },
)

function ticketOf(n: number): FoundTicket {
  const createdMs = NOON + n * SPACING_MS
  return {
    id: String(10_000 + n),
    key: `TPM-${n}`,
    projectKey: 'TPM',
    title: `Ticket ${n}`,
    priorityId: n % 2 === 0 ? '1' : '2',
    priorityName: n % 2 === 0 ? 'Highest' : 'High',
    status: 'To Do',
    createdMs,
    updatedMs: createdMs,
    labels: [GENERATED_LABEL, runLabel(RUN)],
    property: slotMark(RUN, n),
  }
}

interface Planned {
  readonly count: number
  readonly plannedMs: (slot: number) => number
  readonly state: RunState
}

async function plan(store: Store, { count, plannedMs, state }: Planned): Promise<void> {
  const slots = Array.from({ length: count }, (_, slot): NewSlot => {
    const priorityId = slot % 2 === 0 ? '1' : '2'
    return { slot, plannedMs: plannedMs(slot), priorityId, projectKey: 'TPM', issueTypeId: '10001' }
  })
  const run = {
    siteId: SITE,
    runId: RUN,
    projectKey: 'TPM',
    seed: 1,
    planned: count,
    rate: 1,
    profile: 'even',
    mix: 'all' as const,
  }
  const endMs = NOON + count * SPACING_MS
  await store.createRun({ ...run, startMs: NOON, endMs, state: 'running', createdAtMs: NOON }, slots)
  await store.setRunState(SITE, RUN, state, endMs)
}

async function fill(store: Store, tickets: readonly FoundTicket[]): Promise<void> {
  await plan(store, { count: COUNT, plannedMs: (slot) => NOON + slot * SPACING_MS, state: 'done' })
  const endMs = NOON + COUNT * SPACING_MS
  for (let from = 0; from < COUNT; from += 500) {
    const some = tickets.slice(from, from + 500)
    const outcomes = some.map(({ id, key, createdMs }, n) => ({
      slot: from + n,
      state: 'created' as const,
      answeredAtMs: createdMs,
      latenessMs: n,
      issueId: id,
      issueKey: key,
      reason: null,
    }))
    await store.recordSlots(SITE, RUN, outcomes)
    const page = { siteId: SITE, scope: 'x', seenAtMs: endMs, removals: [], watermarkMs: null }
    const kept = some.filter((_, n) => ![DELETED, UNFETCHED].includes(from + n))
    await store.applyPage({ ...page, tickets: kept })
  }
}

/** What the audit asks of Jira, out of a list that is in the order of creation. */
function listedJira(tickets: readonly FoundTicket[]): AuditedJira {
  const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]))
  const end = { siteMs: NOON + 86_400_000, accountId: 'me' }
  const sliceOf = (pageToken: string | null, size: number) => {
    const from = Number(pageToken ?? 0)
    const nextPageToken = from + size < tickets.length ? String(from + size) : null
    return { some: tickets.slice(from, from + size), nextPageToken }
  }
  return {
    identity: async () => ({ accountId: 'me', displayName: 'Me', timeZone: 'UTC' }),
    projects: async () => [{ id: '1', key: 'TPM', name: 'TPM' }],
    async searchIds({ pageToken }): Promise<IdPage> {
      await setImmediate()
      const { some, nextPageToken } = sliceOf(pageToken, 5_000)
      return { ids: some.map(({ id }) => id), nextPageToken, ...end }
    },
    async search({ jql, pageToken, pageSize }): Promise<SearchPage> {
      await setImmediate()
      // A walk begins anew at a minute.
      const sinceMs = Number(/created >= (\d+)/.exec(jql)?.[1] ?? 0)
      const first = Math.max(0, Math.floor((sinceMs - NOON) / SPACING_MS) - 1)
      const { some, nextPageToken } = sliceOf(pageToken ?? String(first), pageSize)
      return { tickets: some.filter(({ createdMs }) => createdMs >= sinceMs), nextPageToken, ...end }
    },
    async byIds(ids) {
      await setImmediate()
      return ids.flatMap((id) => byId.get(id) ?? [])
    },
  }
}

/** Holds are told in the thread's own computing time: a machine that is busy with others adds nothing to it. */
async function measured<T>(work: () => Promise<T>) {
  const before = process.memoryUsage().heapUsed
  let longestMs = 0
  const done = new AbortController()
  const watching = (async () => {
    for (let lastMs = threadMs(); !done.signal.aborted;) {
      await setImmediate()
      const nowMs = threadMs()
      longestMs = Math.max(longestMs, nowMs - lastMs)
      lastMs = nowMs
    }
  })()
  const beganMs = performance.now()
  const result = await work()
  const tookMs = performance.now() - beganMs
  done.abort()
  await watching
  const heapMb = Math.round((process.memoryUsage().heapUsed - before) / 1e6)
  return { result, tookMs, longestMs, heapMb }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** The audits of the run and of its day. */
function auditsOf(audit: Audit): [string, () => Promise<AuditResult>][] {
  const day = { fromMinute: minuteOf(NOON), toMinute: minuteOf(NOON) + 1_440 }
  return [
    ['run', () => audit.run(RUN)],
    ['span', () => audit.span(day)],
  ]
}
