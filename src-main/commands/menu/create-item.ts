import { randomInt } from 'node:crypto'
import type { RunRequest } from '../../../src-shared/contract/runs.ts'
import { MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { plannedSize, requestedTimes, type RunSize } from '../../../src-shared/domain/plan-times.ts'
import { parseProfile } from '../../../src-shared/domain/profile.ts'
import {
  DEFAULT_COUNT,
  DEFAULT_MINUTES,
  MAX_COUNT,
  MAX_MINUTES,
  MAX_SEED,
  MIN_MINUTES,
} from '../../../src-shared/domain/run-bounds.ts'
import { durationText, tickets } from '../../../src-shared/domain/sentences.ts'
import { AppError, errorText } from '../../../src-shared/errors/app-error.ts'
import type { Config } from '../../config/config.ts'
import type { Chart } from '../../print/chart.ts'
import { terminalChart } from '../../print/terminal-chart.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { CliIo } from '../cli/io.ts'
import { agreeOnRun } from '../runs/create-tickets.ts'
import { readReplayFile } from '../runs/replay-file.ts'
import { previewRun, type PreviewedRun } from '../runs/show-plan.ts'
import { terminalKind } from '../cli/terminal.ts'
import { askText, choose, type AnswerChoice } from '../cli/ask.ts'
import { showMessage, showBlock, showError } from './prompts.ts'
import { showRun } from './see-run.ts'
import type { MenuWorld } from './world.ts'

const CHOICES: readonly AnswerChoice<string>[] = [
  { value: 'steady', label: 'Steady', hint: 'at random, as in an ordinary hour' },
  { value: 'even', label: 'Even', hint: 'one by one, always the same time apart' },
  { value: 'ramp', label: 'Ramp', hint: 'from none to twice the usual' },
  { value: 'spike', label: 'Spike', hint: 'five times as many for a while, half-way' },
  { value: 'sine', label: 'Wave', hint: 'swells, and fades again' },
  { value: 'parts', label: 'In parts', hint: 'as you write it: 30m@50,10m@200,20m@50' },
  { value: 'replay', label: 'Replay', hint: 'as real tickets came: a CSV or JSON lines file' },
]

const SPEEDS = [120, 1, 10, 60, 600]
const HEIGHT = 5

/** Asks what to create, shows the plan, and creates it. */
export async function createItem(world: MenuWorld): Promise<void> {
  const { io, client, config } = world
  const asked = await askRun(io, { compressible: config.jira.kind === 'sandbox' })
  if (asked === null) return
  const { projectKey } = config
  const request = { ...asked, ...(projectKey === null ? {} : { projectKey }) }
  const agreed =
    config.jira.kind === 'sandbox'
      ? await agreedInSandbox(world, request)
      : await agreedForReal(world, request)
  if (agreed === null) return showMessage(io, 'No ticket was made.')
  await showRun(world, () => client.call('runs.start', agreed))
}

/** The plan with a seed that the person likes; null where he goes back. */
async function agreedInSandbox({ io, config }: MenuWorld, request: RunRequest): Promise<RunRequest | null> {
  for (;;) {
    const seeded = { ...request, seed: randomInt(MAX_SEED + 1) }
    showBlock(io, planPreview(io, seeded, config))
    const chosen = await choose(io, 'Shall it begin?', [
      { value: 'start', label: 'Start' },
      { value: 'other', label: 'Another plan', hint: 'the same numbers, another seed' },
      { value: 'back', label: 'Back' },
    ])
    if (chosen === 'start') return seeded
    if (chosen !== 'other') return null
  }
}

/** The plan, after a yes that names the site. */
async function agreedForReal(
  { io, client, config }: MenuWorld,
  request: RunRequest,
): Promise<RunRequest | null> {
  const seeded = { ...request, seed: randomInt(MAX_SEED + 1) }
  showBlock(io, planPreview(io, seeded, config))
  const { count } = sizeOf(request)
  const agreed = await agreeOnRun(io, client, { projectKeys: [config.projectKey], count })
  return agreed === null ? null : { ...seeded, ...agreed }
}

/** A run as it would be if it began now, as a small chart of all its tickets. Throws `usage`. */
function planPreview(io: CliIo, request: RunRequest, config: Config): string {
  const run = previewRun(request, config, machineClock.now())
  const { ascii } = terminalKind(io)
  const colour = io.isTTY && !io.env['NO_COLOR']
  const chart = terminalChart(chartOf(run, config), { width: io.columns - 1, height: HEIGHT, colour, ascii })
  // The heading shows the time, which is that of the plan's making.
  const [, ...lines] = chart.split('\n')
  return [`The plan: ${planText(run)}`, ...lines].join('\n')
}

function chartOf({ minutes, counts, spanMs }: PreviewedRun, { zone }: Config): Chart {
  return {
    series: { ...minutes, bucketMinutes: 1, priorityIds: ['all'], counts: [counts] },
    spanMs,
    priorities: [{ id: 'all', name: 'planned, all priorities' }],
    zone,
    provisionalFromMinute: null,
  }
}

function planText({ slots, spanMs, profile, seed }: PreviewedRun): string {
  const minutes = Number((spanMs / MS_PER_MINUTE).toFixed(2))
  return `${tickets(slots.length)} in ${minutes} min, ${profile}, seed ${seed}`
}

interface Answers {
  arrivals: ArrivalsChoice | null
  request: { -readonly [K in keyof RunRequest]: RunRequest[K] }
}

/** A question; false where the person went back. */
type Question = (io: CliIo, answers: Answers) => Promise<boolean>

/**
 * Asks what to create, question by question; Escape leads one question back, and before the first: null. A replay and
 * parts have a number and a length of their own, which are not asked for. `compressible`: the sandbox, whose time may go
 * faster.
 */
async function askRun(io: CliIo, { compressible }: { compressible: boolean }): Promise<RunRequest | null> {
  const answers: Answers = { arrivals: null, request: {} }
  const questions: Question[] = [chooseArrivals, askCount, askMinutes, ...(compressible ? [chooseSpeed] : [])]
  const isAsked = (at: number): boolean => answers.arrivals?.kind === 'shape' || (at !== 1 && at !== 2)
  const next = (from: number, by: 1 | -1): number => (isAsked(from + by) ? from + by : next(from + by, by))
  for (let at = 0; at < questions.length;) {
    at = next(at, (await questions[at]?.(io, answers)) === true ? 1 : -1)
    if (at < 0) return null
  }
  return answers.request
}

async function chooseArrivals(io: CliIo, answers: Answers): Promise<boolean> {
  for (;;) {
    const arrivals = await askArrivals(io)
    if (arrivals === null) return false
    answers.arrivals = arrivals
    try {
      answers.request =
        arrivals.kind === 'replay'
          ? { replay: await readReplayFile(io, arrivals.file) }
          : { profile: arrivals.profile }
      sizeOf(answers.request)
      return true
    } catch (error) {
      showError(io, error)
    }
  }
}

async function askCount(io: CliIo, { request }: Answers): Promise<boolean> {
  const count = await askNumber(io, 'How many tickets?', request.count ?? DEFAULT_COUNT, {
    form: /^\d{1,6}$/,
    min: 1,
    max: MAX_COUNT,
    bounds: `A whole number from 1 to ${MAX_COUNT}.`,
  })
  if (count !== null) request.count = count
  return count !== null
}

async function askMinutes(io: CliIo, { request }: Answers): Promise<boolean> {
  const minutes = await askNumber(io, 'Over how many minutes?', request.minutes ?? DEFAULT_MINUTES, {
    form: /^\d{1,4}(\.\d{1,6})?$/,
    min: MIN_MINUTES,
    max: MAX_MINUTES,
    bounds: `A number from ${MIN_MINUTES} to ${MAX_MINUTES}, as 60 or 0.5.`,
  })
  if (minutes !== null) request.minutes = minutes
  return minutes !== null
}

async function askNumber(
  io: CliIo,
  question: string,
  initial: number,
  { form, min, max, bounds }: { form: RegExp; min: number; max: number; bounds: string },
): Promise<number | null> {
  const typed = await askText(io, question, {
    initial: String(initial),
    check: (text) => (form.test(text) && Number(text) >= min && Number(text) <= max ? null : bounds),
  })
  return typed === null ? null : Number(typed)
}

async function chooseSpeed(io: CliIo, { request }: Answers): Promise<boolean> {
  const { minutes } = sizeOf(request)
  const chosen = await choose(
    io,
    'How fast shall the sandbox’s time go?',
    SPEEDS.map((speed) => ({
      value: String(speed),
      label: speed === 1 ? 'As real time' : `${speed} times as fast`,
      hint: `it takes ${durationText(Math.max(1_000, (minutes * MS_PER_MINUTE) / speed))}`,
    })),
  )
  if (chosen !== null) request.compress = Number(chosen)
  return chosen !== null
}

/** How many tickets a request means, over how many minutes. Throws `usage`. */
function sizeOf(request: RunRequest): RunSize {
  return plannedSize(requestedTimes(request))
}

/** How the tickets of a run arrive. */
type ArrivalsChoice =
  | { readonly kind: 'shape'; readonly profile: string }
  /** It has a number of tickets and a length of its own. */
  | { readonly kind: 'parts'; readonly profile: string }
  | { readonly kind: 'replay'; readonly file: string }

/** Null after Escape. */
async function askArrivals(io: CliIo): Promise<ArrivalsChoice | null> {
  for (;;) {
    const chosen = await choose(io, 'How shall the tickets arrive?', CHOICES)
    if (chosen === null) return null
    if (chosen !== 'parts' && chosen !== 'replay') return { kind: 'shape', profile: chosen }
    const typed = chosen === 'parts' ? await askParts(io) : await askFile(io)
    if (typed === null) continue // Escape leads back to the list
    return chosen === 'parts' ? { kind: 'parts', profile: typed } : { kind: 'replay', file: typed }
  }
}

function askParts(io: CliIo): Promise<string | null> {
  return askText(io, 'Which parts? Each is a length @ tickets an hour.', {
    initial: '30m@50,10m@200,20m@50',
    check: profileFault,
  })
}

function profileFault(typed: string): string | null {
  try {
    const { kind } = parseProfile(typed)
    return kind === 'parts' ? null : 'Write parts with commas between them, as 30m@50,10m@200.'
  } catch (error) {
    if (error instanceof AppError) return errorText(error)
    throw error
  }
}

function askFile(io: CliIo): Promise<string | null> {
  return askText(io, 'Which file?', {
    placeholder: 'tickets.csv',
    check: (typed) => (typed === '' ? 'Name a CSV or JSON lines file of tickets.' : null),
  })
}
