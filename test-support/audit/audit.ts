import { onTestFinished } from 'vitest'
import type { AuditResult } from '../../src-shared/contract/runs/audit.ts'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { GENERATED_LABEL, runLabel, SLOT_PROPERTY, slotMark } from '../../src-main/generator/marks.ts'
import type { NewTicket } from '../../src-main/jira/jira.ts'
import type { SlotOutcome } from '../../src-main/store/ledger/ledger.ts'
import { makeTestData } from '../store/store.ts'
import type { WatchScope } from '../../src-main/sync/scope.ts'
import { openTestSync } from '../sync/sync.ts'
import { startSite } from '../sync/site.ts'
import { hastyClock } from '../sync/sync.ts'
import { createAudit } from '../../src-main/audit/audit.ts'

export const AUDITED_SITE = 'audited-site'

/** When a test's site begins: a minute's edge. */
export const NOON = Date.UTC(2026, 5, 1, 12)
export const MINUTE = 60_000

/** A slot of a plan. `atMs` after noon. */
export interface PlannedSlot {
  readonly atMs: number
  readonly priorityId?: string
  readonly projectKey?: string
}

/** A site with the test's own clock, a store that is filled by a real sync, and a ledger that the test writes itself. */
export type AuditBench = Awaited<ReturnType<typeof openAuditBench>>

export interface MadeTicket {
  readonly id: string
  readonly key: string
}

type BenchOptions = Parameters<typeof startSite>[0] & {
  readonly scope?: Partial<WatchScope>
  readonly watchedField?: string
}

const PROJECTS = ['TPM', 'OPS'].map((key) => ({ key, name: key }))

export async function openAuditBench({ scope: given = {}, ...options }: BenchOptions = {}) {
  const site = await startSite({ projects: PROJECTS, ...options })
  const { sandbox, jira } = site
  const data = await makeTestData()
  const store = await data.open()
  const scope = { projectKey: null, priorityIds: ['1', '2'], fieldId: PRIORITY_FIELD, ...given }
  const { sync } = await openTestSync(jira, {
    store,
    siteId: AUDITED_SITE,
    projectKey: scope.projectKey,
    watchedField: { id: scope.fieldId, name: scope.fieldId },
    watched: scope.priorityIds.map((id) => ({ id, name: id })),
  })
  const audit = createAudit({ siteId: AUDITED_SITE, jira, store, clock: hastyClock, scope })
  const { signal } = new AbortController()
  const ticket = async (
    runId: string,
    slot: number | null,
    fields: Partial<NewTicket>,
  ): Promise<MadeTicket> =>
    jira.create(
      {
        projectKey: 'TPM',
        issueTypeId: '10001',
        priorityId: '1',
        title: 'A ticket',
        paragraphs: [],
        labels: [GENERATED_LABEL, runLabel(runId)],
        properties: slot === null ? [] : [{ key: SLOT_PROPERTY, value: slotMark(runId, slot) }],
        ...fields,
      },
      signal,
    )
  /** What became of a slot that was claimed. */
  const record = (runId: string, slot: number, outcome: Partial<SlotOutcome>): Promise<void> =>
    store.recordSlots(AUDITED_SITE, runId, [
      {
        slot,
        state: 'created',
        answeredAtMs: sandbox.clock.now(),
        latenessMs: 1,
        issueId: null,
        issueKey: null,
        reason: null,
        ...outcome,
      },
    ])
  onTestFinished(() => sync.stop())

  return {
    ...site,
    store,
    data,
    sync,
    audit,
    scope,
    /** Writes a run into the ledger: nothing of it is made. */
    async plan(runId: string, slots: readonly PlannedSlot[]) {
      const planned = slots.map(({ atMs, priorityId = '1', projectKey = 'TPM' }, slot) => ({
        slot,
        plannedMs: NOON + atMs,
        priorityId,
        projectKey,
        issueTypeId: '10001',
      }))
      const last = planned.reduce((latest, { plannedMs }) => Math.max(latest, plannedMs), NOON)
      const run = {
        siteId: AUDITED_SITE,
        runId,
        projectKey: [...new Set(planned.map((slot) => slot.projectKey))].join(', '),
        seed: 1,
        planned: planned.length,
        startMs: NOON,
        endMs: last + 1,
        rate: 1,
        profile: 'steady',
        mix: 'all',
        state: 'running',
        createdAtMs: sandbox.clock.now(),
      } as const
      await store.createRun(run, planned)
    },
    /** Makes a slot's ticket at its time, or now where that has passed, as the generator does. */
    async make(runId: string, slot: number): Promise<MadeTicket> {
      const planned = (await store.slots(AUDITED_SITE, runId)).find((one) => one.slot === slot)
      if (planned === undefined) throw new Error(`The plan has no slot ${slot}`)
      sandbox.clock.set(Math.max(sandbox.clock.now(), planned.plannedMs))
      await store.claimSlots(AUDITED_SITE, runId, [slot], sandbox.clock.now())
      const { id, key } = await ticket(runId, slot, planned)
      await record(runId, slot, { issueId: id, issueKey: key })
      return { id, key }
    },
    /** A ticket that looks as if it were of a slot; of none where that is null. */
    forge: (runId: string, slot: number | null, fields: Partial<NewTicket> = {}) =>
      ticket(runId, slot, fields),
    record,
    /** Fetches what the index shows now. */
    async fetch() {
      await sync.now()
    },
  }
}

/** What an audit names, shortly: `missing run/slot KEY kind`, and `extra KEY kind`. */
export function named({ missing, extra }: Pick<AuditResult, 'missing' | 'extra'>): string[] {
  return [
    ...missing.map(({ run, slot, key, kind }) => `missing ${run}/${slot} ${key} ${kind}`),
    ...extra.map(({ key, kind }) => `extra ${key} ${kind}`),
  ]
}

/** The six numbers and the others', in the order in which tickets pass. */
export function numbers(result: AuditResult): number[] {
  const { planned, created, watched, others, indexed, fetched, charted } = result
  return [planned, created, watched, others, indexed, fetched, charted]
}

/** Fails where an audit's minutes do not add up to its numbers, or do not cover its span. */
export function addsUp(result: AuditResult): boolean {
  const sums = result.minutes.reduce<number[]>(
    (sum, minute) => numbers({ ...result, ...minute }).map((count, n) => count + (sum[n] ?? 0)),
    [0, 0, 0, 0, 0, 0, 0],
  )
  const covers = result.minutes.every(({ minute }, n) => minute === result.fromMs / MINUTE + n)
  const ends = result.fromMs + result.minutes.length * MINUTE === result.toMs
  return covers && ends && numbers(result).every((count, n) => count === sums[n])
}
