import { vi } from 'vitest'
import { createDispatch } from '../../../src-shared/contract/dispatch.ts'
import { createEventHub, createInProcessClient } from '../../../src-shared/contract/client.ts'
import type { Handlers } from '../../../src-shared/contract/methods.ts'
import type { AuditMinute, AuditResult } from '../../../src-shared/contract/runs/audit.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import type { ConnectionState } from '../../../src-shared/contract/wire.ts'
import { createStateStore } from '../../../src-renderer/state-store.ts'
import { testRun } from '../../domain/run.ts'

/** Eight o'clock in the evening of a Tuesday, in UTC. */
export const eight = Date.parse('2026-11-24T20:00:00Z')
const HOUR = 3_600_000

/** A run that is done, of the hour that begins so many hours before eight. */
export function runOf(hoursAgo: number, part: object = {}): RunProgress {
  const done: RunProgress = {
    ...testRun,
    runId: `run-${hoursAgo}`,
    created: 100,
    startMs: eight - hoursAgo * HOUR,
    endMs: eight - (hoursAgo - 1) * HOUR,
    lateness: { p50Ms: 2, p95Ms: 8, maxMs: 41 },
  }
  return { ...done, ...part }
}

/** A minute in which so many tickets were planned and made, all of them watched. */
export function auditMinute(minute: number, count: number, part: Partial<AuditMinute> = {}): AuditMinute {
  const all = {
    planned: count,
    created: count,
    watched: count,
    indexed: count,
    fetched: count,
    charted: count,
  }
  return { minute, ...all, others: 0, ...part }
}

/** The audit of a run of two minutes, by default a whole one; it lists all of its differences. */
export function auditOf(part: Partial<AuditResult> = {}): AuditResult {
  const minute = eight / 60_000
  const { missing = [], extra = [] } = part
  return {
    run: 'run-0',
    fromMs: eight,
    toMs: eight + 120_000,
    ...auditMinute(0, 5),
    minutes: [auditMinute(minute, 2), auditMinute(minute + 1, 3)],
    lateness: null,
    missing,
    moreMissing: 0,
    extra,
    moreExtra: 0,
    kinds: kindsOf([...missing, ...extra]),
    ok: true,
    ...part,
  }
}

/** The most frequent first. */
function kindsOf(differences: readonly Pick<AuditResult['extra'][number], 'kind'>[]): AuditResult['kinds'] {
  return [...Map.groupBy(differences, ({ kind }) => kind)]
    .map(([kind, all]) => ({ kind, count: all.length }))
    .toSorted((a, b) => b.count - a.count)
}

export type TestTransport = ReturnType<typeof transportTo>

/** A transport to a core that knows these methods. */
export function transportTo(handlers: Partial<Handlers>) {
  const hub = createEventHub()
  const connection = createStateStore<ConnectionState>('connected')
  const client = createInProcessClient(createDispatch(handlers as Handlers, console.error), hub)
  return { transport: { client, connection, start: () => {}, stop: () => {} }, hub, connection }
}

/** Waits until a check holds, without sleeping longer than that takes. */
export function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { interval: 1 })
}
