import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import type { Config } from '../config/config.ts'
import { planTable } from '../print/plan-table.ts'
import { terminalChart } from '../print/terminal-chart.ts'
import { terminalStyle } from '../print/terminal-style.ts'
import type { CommonOptions } from './common-options.ts'
import { isoInstant } from './instants.ts'
import { print, type CliIo } from './io.ts'
import { plannedRun, type PlannedRun } from './planned-run.ts'
import { inAscii } from './prompt-output.ts'
import { runDocument } from './run-document.ts'
import { runRequest, type RunOptions } from './run-options.ts'
import { terminalKind } from './terminal-kind.ts'
import { tickets } from '../../src-shared/domain/ticket-count.ts'
import { writePicture } from './write-png.ts'

interface PlanOptions extends CommonOptions, RunOptions {
  /** Where the chart goes as a picture, too. */
  readonly png?: string
}

/**
 * Shows what a run would do if it began at `startMs`, and asks no Jira: the same seed gives the same plan when it is run.
 * Throws `usage`, and as `runRequest`.
 */
export async function showPlan(
  io: CliIo,
  options: PlanOptions,
  { config, startMs }: { readonly config: Config; readonly startMs: number },
): Promise<void> {
  const run = plannedRun(await runRequest(io, options), config, startMs)
  const label = `Plan · ${run.profile} · seed ${run.seed}`
  const file =
    options.png === undefined ? null : await writePicture(io, run.chart, { label, file: options.png })
  print(io, options.json, planDocument(run, file), planText(io, run, { config, file }))
}

function planDocument(
  { seed, profile, startMs, spanMs, slots, minutes, counts }: PlannedRun,
  file: string | null,
): unknown {
  const perMinute = counts.map((planned, index) => ({
    minute: minutes.fromMinute + index,
    planned,
    created: 0,
  }))
  return {
    ...runDocument({ runId: null, seed, planned: slots.length, created: 0, failed: 0 }, perMinute),
    profile,
    from: isoInstant(startMs),
    to: isoInstant(startMs + spanMs),
    slots: slots.map(({ atMs, ...slot }) => ({ ...slot, at: isoInstant(atMs) })),
    ...(file === null ? {} : { file }),
  }
}

function planText(
  io: CliIo,
  run: PlannedRun,
  { config, file }: { readonly config: Config; readonly file: string | null },
): string {
  const { ascii } = terminalKind(io.env, process.platform)
  const { dim } = terminalStyle({ colour: io.colour, ascii })
  const { counts, minutes, chart } = run
  const text = [
    [figures(run), run.profile, `seed ${run.seed}`].join(' · '),
    'A plan, as if it began now. Nothing was created.',
    '',
    ...planTable({ fromMinute: minutes.fromMinute, counts }, { zone: config.zone, dim }),
    '',
    ...shares(run),
    '',
    `What the dashboard will show of it, ${watchedText(run, config)}:`,
    '',
    terminalChart(chart, { width: io.columns, colour: io.colour, ascii }),
    ...(file === null ? [] : ['', `The chart as a picture: ${file}`]),
  ].join('\n')
  return ascii ? inAscii(text) : text
}

function figures({ slots, spanMs }: PlannedRun): string {
  const minutes = Number((spanMs / MS_PER_MINUTE).toFixed(2))
  return `${tickets(slots.length)} in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`
}

/** How many of each priority, and of each project and type where there are several: a line each. */
function shares({ slots, priorities }: PlannedRun): string[] {
  const names = {
    Priorities: priorities.map(({ name }) => name),
    Projects: distinct(slots.map(({ project }) => project ?? '')),
    Types: distinct(slots.map(({ type }) => type ?? '')),
  }
  const nameOf = { Priorities: 'priority', Projects: 'project', Types: 'type' } as const
  return (['Priorities', 'Projects', 'Types'] as const).flatMap((title) => {
    const numbers = names[title].map((name) => [
      name,
      slots.filter((slot) => slot[nameOf[title]] === name).length,
    ])
    const some = numbers.filter(([, number]) => number !== 0).map(([name, number]) => `${name} ${number}`)
    return title !== 'Priorities' && some.length < 2 ? [] : [`${title}: ${some.join(', ')}`]
  })
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted()
}

function watchedText({ chart }: PlannedRun, { jira }: Config): string {
  const names = chart.priorities.map(({ name }) => name).join(' and ')
  // What a site watches, it alone knows.
  return jira.kind === 'sandbox' ? names : `if ${names} are watched`
}
