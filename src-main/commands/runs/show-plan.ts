import { randomInt } from 'node:crypto'
import { ISSUE_TYPES, PRIORITIES } from '#jira-sandbox'
import type { RunRequest } from '../../../src-shared/contract/runs/runs.ts'
import { minuteOf, minuteSpan, MS_PER_MINUTE, type Minute } from '../../../src-shared/domain/minute.ts'
import { requestedTimes, writtenTimes } from '../../../src-shared/domain/run/plan-times.ts'
import { MAX_SEED } from '../../../src-shared/domain/run/run-bounds.ts'
import { bucketTotals, fillSeries, type Series } from '../../../src-shared/domain/series.ts'
import { planRun, type PlannedSlot, type PlanTarget } from '../../../src-shared/domain/run/run-plan.ts'
import { tickets } from '../../../src-shared/domain/text/sentences.ts'
import type { Priority } from '../../../src-shared/domain/ticket.ts'
import { projectOfRuns, type Config, type JiraConfig } from '../../config/config.ts'
import { chooseWatched } from '../../jira/watched.ts'
import { textTable, type TableColumn } from '../../print/text-table.ts'
import { terminalStyle } from '../../print/terminal-chart.ts'
import { wallMinute } from '../../print/wall-clock.ts'
import { print, type CliIo } from '../cli/io.ts'
import type { CommonOptions } from '../cli/define-command.ts'
import { inAscii, terminalKind } from '../cli/terminal.ts'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { chartText } from '../counts/load-chart.ts'
import { writePicture } from '../counts/plot-data.ts'
import { runDocument } from './run-document.ts'
import { runRequest, type RunOptions } from './run-options.ts'

interface PlanOptions extends CommonOptions, RunOptions {
  /** Where the chart goes as a picture, too. */
  readonly png?: string
}

const MINUTES_PER_ROW = 10
const USUAL_TYPE = ''
const ONLY_PROJECT = ''

/**
 * Shows what a run would do if it began at `startMs`, and asks no Jira: the same seed gives the same plan when it is run.
 * Throws `usage`, and as `runRequest`.
 */
export async function showPlan(
  io: CliIo,
  options: PlanOptions,
  { config, startMs }: { readonly config: Config; readonly startMs: number },
): Promise<void> {
  const run = previewRun(await runRequest(io, options), config, startMs)
  const label = `Plan · ${run.profile} · seed ${run.seed}`
  const file =
    options.png === undefined ? null : await writePicture(io, run.chart, { source: label, file: options.png })
  print(io, options.json, planDocument(run, file), planText(io, run, { config, file }))
}

function planDocument(
  { seed, profile, startMs, spanMs, slots, minutes, counts }: PreviewedRun,
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
  run: PreviewedRun,
  { config, file }: { readonly config: Config; readonly file: string | null },
): string {
  const { ascii } = terminalKind(io)
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
    chartText(io, chart),
    ...(file === null ? [] : ['', `The chart as a picture: ${file}`]),
  ].join('\n')
  return ascii ? inAscii(text) : text
}

function figures({ slots, spanMs }: PreviewedRun): string {
  const minutes = Number((spanMs / MS_PER_MINUTE).toFixed(2))
  return `${tickets(slots.length)} in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`
}

const SHARES = [
  ['Priorities', 'priority'],
  ['Projects', 'project'],
  ['Types', 'type'],
] as const

/** How many of each priority, and of each project and type where there are several: a line each. */
function shares({ slots, priorities }: PreviewedRun): string[] {
  return SHARES.flatMap(([title, kind]) => {
    const byName = Map.groupBy(slots, (slot) => slot[kind] ?? '')
    const names = kind === 'priority' ? priorities.map(({ name }) => name) : [...byName.keys()].toSorted()
    const some = names.filter((name) => byName.has(name)).map((name) => `${name} ${byName.get(name)?.length}`)
    return kind !== 'priority' && some.length < 2 ? [] : [`${title}: ${some.join(', ')}`]
  })
}

function watchedText({ chart }: PreviewedRun, { jira }: Config): string {
  const names = chart.priorities.map(({ name }) => name).join(' and ')
  // What a site watches, it alone knows.
  return jira.kind === 'sandbox' ? names : `if ${names} are watched`
}

type PreviewedRun = ReturnType<typeof previewRun>

/**
 * A run as it would be if it began at `startMs`, in the sandbox or in a real Jira as far as that is known without asking Jira: it is
 * taken to have what the request names, else the usual priorities. Throws `usage`.
 */
export function previewRun(request: RunRequest, config: Config, startMs: number) {
  const seed = request.seed ?? randomInt(MAX_SEED + 1)
  const times = requestedTimes(request)
  const { weights, mix, types, projects } = request
  const targets = targetsOf(request, config)
  const { priorities = [] } = targets[0] ?? {}
  const { watched } = chooseWatched(priorities, [])
  const only = mix === 'watched' ? new Set(watched.map(({ id }) => id)) : undefined
  const { slots, spanMs } = planRun({ ...times, seed, weights, only, types, projects, targets })
  const minutes = minuteSpan(startMs, startMs + spanMs)
  const rows = slots.map(({ offsetMs, priorityId }) => ({
    startMinute: minuteOf(startMs + offsetMs),
    priorityId,
    count: 1,
  }))
  const seriesOf = (some: readonly Priority[]): Series =>
    fillSeries({ ...minutes, bucketMinutes: 1, priorityIds: some.map(({ id }) => id) }, rows)
  // All of them where none of their priorities is one that is usually watched.
  const shown = watched.length > 0 ? watched : priorities
  return {
    seed,
    profile: writtenTimes(times),
    startMs,
    spanMs,
    /** With their instants; priority and type by name. */
    slots: slots.map((slot) => shownSlot(slot, startMs, targets)),
    /** What its tickets may have, most urgent first. */
    priorities,
    minutes,
    /** All tickets of each minute. */
    counts: bucketTotals(seriesOf(priorities)),
    /** What the dashboard will show of it. */
    chart: {
      series: seriesOf(shown),
      priorities: shown,
      spanMs,
      zone: config.zone,
      provisionalFromMinute: null,
      unknown: [],
      nowMs: Infinity,
    },
  }
}

/** The same in each project: only the site itself knows what they have. */
function targetsOf(request: RunRequest, config: Config): PlanTarget[] {
  const { jira } = config
  const keys = Object.keys(request.projects ?? {})
  const usual = [request.projectKey ?? projectOfRuns(config) ?? ONLY_PROJECT]
  const what = {
    priorities: prioritiesOf(request, jira),
    types: typesOf(request, jira),
    usualTypeId: USUAL_TYPE,
  }
  return (keys.length > 0 ? keys : usual).map((key) => ({ projectKey: key, ...what }))
}

function prioritiesOf({ weights, replay }: RunRequest, { kind }: JiraConfig): readonly Priority[] {
  const usual = PRIORITIES.map(({ id, name }) => ({ id: String(id), name }))
  const named = weights === undefined ? (replay?.priorities ?? []) : Object.keys(weights)
  const isUsual = named.every((name) => usual.some((of) => of.name.toLowerCase() === name.toLowerCase()))
  return kind === 'sandbox' || isUsual ? usual : named.map((name) => ({ id: name, name }))
}

function typesOf({ types = {} }: RunRequest, { kind }: JiraConfig): readonly { id: string; name: string }[] {
  const ofSandbox = ISSUE_TYPES.filter(({ subtask }) => !subtask).map(({ name }) => name)
  return (kind === 'sandbox' ? ofSandbox : Object.keys(types)).map((name) => ({ id: name, name }))
}

/** Project and type are null where they are the only one that the account sees, and the project's usual one. */
function shownSlot(slot: PlannedSlot, startMs: number, [target]: readonly PlanTarget[]) {
  const priority = target?.priorities.find(({ id }) => id === slot.priorityId)
  return {
    slot: slot.slot,
    atMs: startMs + slot.offsetMs,
    priority: priority?.name ?? slot.priorityId,
    project: slot.projectKey === ONLY_PROJECT ? null : slot.projectKey,
    type: slot.issueTypeId === USUAL_TYPE ? null : slot.issueTypeId,
  }
}

/**
 * How many tickets each minute of a plan gets, by the wall clock of a zone: ten minutes a row and the sum of each, with a
 * point for none. `counts[i]` belongs to `fromMinute + i`.
 */
function planTable(
  { fromMinute, counts }: { readonly fromMinute: Minute; readonly counts: readonly number[] },
  { zone, dim }: { readonly zone: string; readonly dim: (text: string) => string },
): string[] {
  const before = wallMinute(fromMinute, zone).minuteOfDay % MINUTES_PER_ROW
  const cells = [...Array.from({ length: before }, () => null), ...counts]
  const rows = Array.from({ length: Math.ceil(cells.length / MINUTES_PER_ROW) }, (_, row) => ({
    clock: wallMinute(fromMinute - before + row * MINUTES_PER_ROW, zone).clock,
    cells: cells.slice(row * MINUTES_PER_ROW, (row + 1) * MINUTES_PER_ROW),
  }))
  const columns: readonly TableColumn<(typeof rows)[number]>[] = [
    { title: '', of: ({ clock }) => dim(clock) },
    ...Array.from({ length: MINUTES_PER_ROW }, (_, at) => ({
      title: dim(`:${at}`),
      right: true,
      of: (row: (typeof rows)[number]) => (row.cells[at] === 0 ? dim('·') : String(row.cells[at] ?? '')),
    })),
    {
      title: dim(' in all'),
      right: true,
      of: (row) => String(row.cells.reduce<number>((sum, count) => sum + (count ?? 0), 0)),
    },
  ]
  return textTable(rows, columns, null).lines.map((line) => `  ${line}`)
}
