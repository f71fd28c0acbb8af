import type { RunProgress } from '../../src-shared/contract/models.ts'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { textTable, type Column } from '../print/text-table.ts'
import { wallMinute } from '../print/wall-clock.ts'

/** Runs as a table, as many columns as fit. `columns`: null where the width does not matter. */
export function runsTable(runs: readonly RunProgress[], zone: string, columns: number | null): string {
  const { lines, left } = textTable(runs, runColumns(zone), columns)
  const note = left.length === 0 ? [] : ['', `A wider terminal shows more: ${left.join(', ')}.`]
  return [...lines, ...note].join('\n')
}

/** What there is to see of runs; times are shown in the zone. */
export function runColumns(zone: string): readonly Column<RunProgress>[] {
  return [
    { title: 'run', of: ({ runId }) => runId },
    { title: 'when', giveUp: 2, of: ({ startMs }) => whenText(startMs, zone) },
    { title: 'project', giveUp: 6, of: ({ projectKey }) => projectKey },
    { title: 'profile', giveUp: 5, of: ({ profile }) => profile },
    { title: 'seed', right: true, giveUp: 7, of: ({ seed }) => String(seed) },
    { title: 'planned', right: true, giveUp: 3, of: ({ planned }) => String(planned) },
    { title: 'created', right: true, of: ({ created }) => String(created) },
    { title: 'not made', right: true, giveUp: 4, of: (run) => String(notMade(run)) },
    { title: 'state', of: stateText },
  ]
}

/** When a run began, by the wall clock of a zone: `25 Nov 14:05`. */
function whenText(startMs: number, zone: string): string {
  const { day, clock } = wallMinute(minuteOf(startMs), zone)
  return `${day.split(' ').slice(1, 3).join(' ')} ${clock}`
}

/** Slots that will have no ticket as things stand: of a stopped run also those that were not sent. */
export function notMade({ state, planned, created, failed, unknown, skipped }: RunProgress): number {
  return state === 'stopped' ? planned - created : failed + unknown + skipped
}

/** `running on kite`, `done, cleaned up`. */
export function stateText({ state, by, created, removed }: RunProgress): string {
  const where = state === 'running' && by !== null ? ` on ${by}` : ''
  const cleaned = removed === 0 ? '' : removed >= created ? ', cleaned up' : `, ${removed} deleted again`
  return `${state}${where}${cleaned}`
}
