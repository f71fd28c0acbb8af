import { randomInt } from 'node:crypto'
import type { RunRequest } from '../../../src-shared/contract/runs/runs.ts'
import { MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { plannedSize, requestedTimes, type RunSize } from '../../../src-shared/domain/run/plan-times.ts'
import { parseProfile } from '../../../src-shared/domain/run/profile.ts'
import { DEFAULT_COUNT, DEFAULT_MINUTES, MAX_SEED } from '../../../src-shared/domain/run/run-bounds.ts'
import { durationText, tickets } from '../../../src-shared/domain/text/sentences.ts'
import { AppError, errorText, nothingMade } from '../../../src-shared/errors/app-error.ts'
import type { Config } from '../../config/config.ts'
import { terminalChart } from '../../print/terminal-chart.ts'
import { machineClock } from '../../runtime/clock.ts'
import { askText, choose, type AnswerChoice } from '../cli/ask.ts'
import type { CliIo } from '../cli/io.ts'
import { terminalKind } from '../cli/terminal.ts'
import { CREATE_TICKETS } from '../run-commands.ts'
import { agreeOnRun } from '../runs/create-tickets.ts'
import { readReplayFile } from '../runs/replay-file.ts'
import { previewRun } from '../runs/show-plan.ts'
import type { MenuWorld } from './menu.ts'
import { show, showBlock, showError } from './prompts.ts'
import { showRun } from './see-run.ts'

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
  const asked = await askRun(io, config.jira.kind === 'sandbox')
  if (asked === null) return
  const { projectKey } = config
  const agreed = await agreedRun(world, { ...asked, ...(projectKey === null ? {} : { projectKey }) })
  if (agreed === null) return show(io, 'message', 'No ticket was made.')
  await showRun(world, () => client.call('runs.start', agreed))
}

/**
 * What to make, after a look at the plan: in the sandbox with a seed that the person likes, in a real Jira after a yes that
 * names the site. Null after a no.
 */
async function agreedRun({ io, client, config }: MenuWorld, asked: RunRequest): Promise<RunRequest | null> {
  for (;;) {
    const request = { ...asked, seed: randomInt(MAX_SEED + 1) }
    showBlock(io, planPreview(io, request, config))
    if (config.jira.kind === 'site') {
      const { count } = sizeOf(request)
      const agreed = await agreeOnRun(io, client, { projectKeys: [config.projectKey], count })
      return agreed && { ...request, ...agreed }
    }
    const chosen = await choose(io, 'Shall it begin?', [
      { value: 'start', label: 'Start' },
      { value: 'other', label: 'Another plan', hint: 'the same numbers, another seed' },
      { value: 'back', label: 'Back' },
    ])
    if (chosen === 'start') return request
    if (chosen !== 'other') return null
  }
}

/** A run as it would be if it began now, as a small chart of all its tickets. Throws `usage`. */
function planPreview(io: CliIo, request: RunRequest, config: Config): string {
  const run = previewRun(request, config, machineClock.now())
  const minutes = Number((run.spanMs / MS_PER_MINUTE).toFixed(2))
  const series = { ...run.minutes, bucketMinutes: 1, priorityIds: ['all'], counts: [run.counts] }
  const chart = { ...run.chart, series, priorities: [{ id: 'all', name: 'planned, all priorities' }] }
  const { ascii } = terminalKind(io)
  const drawn = terminalChart(chart, { width: io.columns, height: HEIGHT, colour: io.colour, ascii })
  // The heading shows the time, which is that of the plan's making.
  const [, ...lines] = drawn.split('\n')
  const title = `${tickets(run.slots.length)} in ${minutes} min, ${run.profile}, seed ${run.seed}`
  return [`The plan: ${title}`, ...lines].join('\n')
}

/** Adds its answer to a request; null where the person went back. */
type Question = (request: RunRequest) => Promise<RunRequest | null>

/**
 * Asks what to create, question by question; Escape leads one question back, and before the first: null. A replay and
 * parts have a number and a length of their own, which are not asked for. The sandbox's time may go faster.
 */
async function askRun(io: CliIo, isSandbox: boolean): Promise<RunRequest | null> {
  const others = [mixQuestion(io, isSandbox), ...(isSandbox ? [speedQuestion(io)] : [])]
  const size = [
    numberQuestion(io, 'count', 'How many tickets?', DEFAULT_COUNT),
    numberQuestion(io, 'minutes', 'Over how many minutes?', DEFAULT_MINUTES),
  ]
  for (;;) {
    const arrivals = await askArrivals(io)
    if (arrivals === null) return null
    const { request, hasOwnSize } = arrivals
    const whole = await askAll(request, hasOwnSize ? others : [...size, ...others])
    if (whole !== null) return whole
  }
}

async function askAll(
  request: RunRequest,
  [question, ...others]: readonly Question[],
): Promise<RunRequest | null> {
  if (question === undefined) return request
  for (let answered = await question(request); answered !== null; answered = await question(answered)) {
    const whole = await askAll(answered, others)
    if (whole !== null) return whole
  }
  return null
}

function numberQuestion(io: CliIo, name: 'count' | 'minutes', question: string, preset: number): Question {
  const { parse } = CREATE_TICKETS[name]
  return async (request) => {
    const initial = String(request[name] ?? preset)
    const typed = await askText(io, question, { initial, check: faultOf((text) => parse(text, 'This')) })
    return typed === null ? null : { ...request, [name]: Number(typed) }
  }
}

/** As the window's form, the sandbox makes watched tickets alone where nothing else is said. */
function mixQuestion(io: CliIo, isSandbox: boolean): Question {
  const watched = {
    value: 'watched',
    label: 'Only those that are watched',
    hint: 'the chart shows every ticket',
  }
  const all = {
    value: 'all',
    label: 'All priorities',
    hint: 'as in an ordinary hour; the chart shows a part',
  }
  return async (request) => {
    const choices = isSandbox ? [watched, all] : [all, watched]
    const chosen = await choose(io, 'Which priorities shall they have?', choices)
    if (chosen === null) return null
    const { mix: _, ...others } = request
    return chosen === 'watched' ? { ...others, mix: 'watched' } : others
  }
}

function speedQuestion(io: CliIo): Question {
  return async (request) => {
    const siteMs = sizeOf(request).minutes * MS_PER_MINUTE
    const choices = SPEEDS.map((speed) => ({
      value: String(speed),
      label: speed === 1 ? 'As real time' : `${speed} times as fast`,
      hint: `it takes ${durationText(Math.max(1_000, siteMs / speed))}`,
    }))
    const chosen = await choose(io, 'How fast shall the sandbox’s time go?', choices)
    return chosen === null ? null : { ...request, compress: Number(chosen) }
  }
}

/** How many tickets a request means, over how many minutes. Throws `usage`. */
function sizeOf(request: RunRequest): RunSize {
  return plannedSize(requestedTimes(request))
}

/** How the tickets arrive, and whether that says how many there are, and over how long; null after Escape. */
async function askArrivals(io: CliIo): Promise<{ request: RunRequest; hasOwnSize: boolean } | null> {
  for (;;) {
    const chosen = await choose(io, 'How shall the tickets arrive?', CHOICES)
    if (chosen === null) return null
    if (chosen !== 'parts' && chosen !== 'replay') return { request: { profile: chosen }, hasOwnSize: false }
    const typed = chosen === 'parts' ? await askParts(io) : await askFile(io)
    if (typed === null) continue // Escape leads back to the list
    try {
      const request = chosen === 'parts' ? { profile: typed } : { replay: await readReplayFile(io, typed) }
      sizeOf(request)
      return { request, hasOwnSize: true }
    } catch (error) {
      showError(io, error)
    }
  }
}

function askParts(io: CliIo): Promise<string | null> {
  const check = faultOf((typed) => {
    if (parseProfile(typed).kind === 'parts') return
    throw nothingMade('usage', 'Write parts with commas between them, as 30m@50,10m@200.')
  })
  return askText(io, 'Which parts? Each is a length @ tickets an hour.', {
    initial: '30m@50,10m@200,20m@50',
    check,
  })
}

function askFile(io: CliIo): Promise<string | null> {
  return askText(io, 'Which file?', {
    placeholder: 'tickets.csv',
    check: (typed) => (typed === '' ? 'Name a CSV or JSON lines file of tickets.' : null),
  })
}

/** Reads a text to find what is wrong with it; null where nothing is. */
function faultOf(read: (text: string) => unknown): (text: string) => string | null {
  return (text) => {
    try {
      read(text)
      return null
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { what, hint } = error
      return errorText({ what, consequence: '', hint })
    }
  }
}
