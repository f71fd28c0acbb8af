import { randomInt } from 'node:crypto'
import { minuteOf, minuteSpan } from '../../src-shared/domain/minute.ts'
import { DEFAULT_COUNT, DEFAULT_MINUTES, MAX_SEED, planRun } from '../../src-shared/domain/run-plan.ts'
import { print, type CliIo } from './io.ts'
import { runDocument } from './run-document.ts'
import type { RunOptions } from './run-options.ts'

/** Times do not depend on the priorities; any one will do to plan without asking Jira for its own. */
const ANY_PRIORITY = [{ id: '1', name: 'Highest' }]

/** Shows what a run would do if it began at `startMs`: the same seed gives the same plan when it is run. */
export function showPlan(io: CliIo, options: RunOptions & { json?: boolean }, startMs: number): void {
  const { count = DEFAULT_COUNT, minutes = DEFAULT_MINUTES, seed = randomInt(MAX_SEED + 1) } = options
  const plan = planRun({ count, minutes, seed, priorities: ANY_PRIORITY })
  const { fromMinute, toMinute } = minuteSpan(startMs, startMs + plan.spanMs)
  const perMinute = Array.from({ length: toMinute - fromMinute }, (_, index) => ({
    minute: fromMinute + index,
    planned: 0,
    created: 0,
  }))
  for (const { offsetMs } of plan.slots) {
    const minute = perMinute[minuteOf(startMs + offsetMs) - fromMinute]
    if (minute !== undefined) minute.planned++
  }
  const peak = plan.perMinute.reduce((most, tickets) => Math.max(most, tickets), 0)
  print(
    io,
    options.json,
    runDocument({ runId: null, seed, planned: count, created: 0, failed: 0 }, perMinute),
    `Seed ${seed}: ${count} tickets in ${minutes} minutes, at most ${peak} in one. Nothing was created.\n` +
      `Tickets in each minute from the start: ${plan.perMinute.join(' ')}`,
  )
}
