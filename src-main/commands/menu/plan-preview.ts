import type { RunRequest } from '../../../src-shared/contract/models.ts'
import { MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { Config } from '../../config/config.ts'
import type { Chart } from '../../print/chart.ts'
import { terminalChart } from '../../print/terminal-chart.ts'
import type { CliIo } from '../io.ts'
import { plannedRun, type PlannedRun } from '../show-plan.ts'
import { terminalKind } from '../terminal-kind.ts'
import { tickets } from '../../../src-shared/domain/ticket-count.ts'

const HEIGHT = 5

/** A run as it would be if it began now, as a small chart of all its tickets. Throws `usage`. */
export function planPreview(io: CliIo, request: RunRequest, config: Config): string {
  const run = plannedRun(request, config, machineClock.now())
  const { ascii } = terminalKind(io.env, process.platform)
  const colour = io.isTTY && !io.env['NO_COLOR']
  const chart = terminalChart(chartOf(run, config), { width: io.columns - 1, height: HEIGHT, colour, ascii })
  // The heading tells the time, which is that of the plan's making.
  const [, ...lines] = chart.split('\n')
  return [`The plan: ${planText(run)}`, ...lines].join('\n')
}

function chartOf({ minutes, counts, spanMs }: PlannedRun, { zone }: Config): Chart {
  return {
    series: { ...minutes, bucketMinutes: 1, priorityIds: ['all'], counts: [counts] },
    spanMs,
    priorities: [{ id: 'all', name: 'planned, all priorities' }],
    zone,
    provisionalFromMinute: null,
  }
}

function planText({ slots, spanMs, profile, seed }: PlannedRun): string {
  const minutes = Number((spanMs / MS_PER_MINUTE).toFixed(2))
  return `${tickets(slots.length)} in ${minutes} min, ${profile}, seed ${seed}`
}
