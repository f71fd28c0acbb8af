import { durationText } from '../../../src-shared/domain/text/sentences.ts'
import { textWidth, wrapText } from '../../print/text-width.ts'
import type { Step } from '../../runtime/steps.ts'
import { drawLines } from './drawn-lines.ts'
import { say, type CliIo } from './io.ts'
import { terminalKind } from './terminal.ts'

const NAMES: Readonly<Record<string, string>> = {
  'issue-type': 'ticket type',
  create: 'creating',
  delete: 'deleting',
}

const STATES: Readonly<Record<Step<string>['state'], string>> = {
  waiting: 'waiting',
  running: 'running',
  ok: 'ok',
  warning: 'warning',
  failed: 'FAILED',
  'not-tried': 'not tried',
}

/** Columns that stand before a step's message. */
const HEAD = 24

/** With fewer the message gets lines of its own. */
const MIN_COLUMNS_FOR_TWO = 60

/** On a terminal a number that moves, in steps that can be read; else a line at each tenth. */
const STEP = 10_000
const STEP_OF_LINES = 100_000
const MAX_BAR_COLUMNS = 24
const MIN_BAR_COLUMNS = 8

/** Without a terminal a line comes at each tenth, or the log of a build drowns in them. */
const TENTHS = 10

/** Before this much of the work is done, or time has passed, it is not known how long it takes. */
const MIN_SHARE_TO_ESTIMATE = 0.02
const MIN_MS_TO_ESTIMATE = 2_000

/** How far long work is, on stderr: a bar that moves on a terminal, else plain lines. */
export interface ProgressBar {
  /** `facts` follow the count and its share, the most important first: those that do not fit are left out. */
  show(done: number, total: number, facts: readonly string[]): void
  /** Leaves the last state standing on its own line. */
  end(): void
}

/** Of work that is all alike: the time that is left is shown by the time that it took so far. */
export function createProgress(io: CliIo, label: string, nowMs: () => number = () => performance.now()) {
  const bar = createBar(io, label)
  let first: Mark | null = null
  return {
    /** `note` follows the figures: `12 fetched`. */
    update(done: number, total: number, note?: string): void {
      const now = { done, atMs: nowMs() }
      first ??= now
      const leftMs = timeLeft(first, now, total)
      const left = leftMs === null ? [] : [`${durationText(leftMs)} left`]
      bar.show(done, total, [...(note === undefined ? [] : [note]), ...left])
    },
    end: () => bar.end(),
  }
}

type Mark = { readonly done: number; readonly atMs: number }

function timeLeft(first: Mark, { done, atMs }: Mark, total: number): number | null {
  const tookMs = atMs - first.atMs
  const made = done - first.done
  if (done >= total || made < total * MIN_SHARE_TO_ESTIMATE || tookMs < MIN_MS_TO_ESTIMATE) return null
  return (tookMs / made) * (total - done)
}

export function createBar(io: CliIo, label: string): ProgressBar {
  const { plain, ascii } = terminalKind(io)
  return io.isTTY && !plain ? movingBar(io, label, ascii) : plainLines(io, label)
}

function movingBar(io: CliIo, label: string, ascii: boolean): ProgressBar {
  let line: (() => string) | null = null
  const drawn = drawLines(io, 'stderr', () => (line === null ? null : [line()]))
  return {
    show(done, total, facts) {
      line = () => barLine({ label, done, total, facts }, io.columns - 1, ascii)
      drawn.draw()
    },
    end: () => drawn.end(),
  }
}

interface BarState {
  readonly label: string
  readonly done: number
  readonly total: number
  readonly facts: readonly string[]
}

/** The line of a bar, at most `columns` wide: `Creating ██████░░░░░░ 41/100, 41 %, 35 min left`. */
export function barLine({ label, done, total, facts }: BarState, columns: number, ascii: boolean): string {
  const [filledCell, emptyCell] = ascii ? ['#', '.'] : ['█', '░']
  const room = columns - textWidth(label) - 2
  let figures = `${done}/${total}`
  for (const fact of [share(done, total), ...facts]) {
    const longer = `${figures}, ${fact}`
    if (textWidth(longer) + MIN_BAR_COLUMNS > room) break
    figures = longer
  }
  const width = Math.max(0, Math.min(MAX_BAR_COLUMNS, room - textWidth(figures)))
  const filled = total === 0 ? 0 : Math.floor((Math.min(done, total) / total) * width)
  return `${label} ${filledCell.repeat(filled)}${emptyCell.repeat(width - filled)} ${figures}`
}

function plainLines({ stderr }: CliIo, label: string): ProgressBar {
  let lastTenth = -1
  return {
    show(done, total, facts) {
      const tenth = total === 0 ? 0 : Math.floor((done / total) * TENTHS)
      if (tenth === lastTenth) return
      lastTenth = tenth
      stderr.write(`${[`${label} ${done}/${total}`, ...facts].join(', ')}\n`)
    },
    end() {},
  }
}

function share(done: number, total: number): string {
  return `${total === 0 ? 0 : Math.floor((done / total) * 100)} %`
}

/**
 * Shows on stderr how many of something there are by now, where it is not known how many there will be. `label` precedes
 * the number, `unit` follows it: `Reading 120000 rows`.
 */
export function createTally({ isTTY, stderr }: CliIo, label: string, unit: string) {
  const step = isTTY ? STEP : STEP_OF_LINES
  let shown = 0
  return {
    update(count: number): void {
      if (count < shown + step) return
      shown = count - (count % step)
      const text = `${label} ${shown} ${unit}`
      stderr.write(isTTY ? `\r\u001B[K${text}` : `${text}\n`)
    },
    end(): void {
      if (isTTY && shown > 0) stderr.write('\n')
      shown = 0
    },
  }
}

/**
 * A step as one line, and what to do about it as another below it; on a terminal both wrapped at words. `columns`: null
 * where the width does not matter.
 */
export function stepText({ id, state, message, hint }: Step<string>, columns: number | null = null): string {
  const width = columns ?? Infinity
  const name = NAMES[id] ?? id.replaceAll('-', ' ')
  const head = `${STATES[state].padEnd(9)}  ${name.padEnd(11)}  `
  const indent = ' '.repeat(width < MIN_COLUMNS_FOR_TWO ? 2 : HEAD)
  const texts = [message, hint].filter((text) => text !== '')
  const below = texts.flatMap((text) => wrapText(`${indent}${text}`, width))
  const [first = '', ...others] = below
  const lines =
    width < MIN_COLUMNS_FOR_TWO
      ? [head.trimEnd(), ...below]
      : [`${head}${first.slice(HEAD)}`.trimEnd(), ...others]
  return lines.join('\n')
}

/** Says a step on stderr. */
export function sayStep(io: CliIo, step: Step<string>): void {
  say(io, stepText(step, io.isTTY ? io.columns - 1 : null))
}

/**
 * Gives each step of a check as it ends. A step that comes out as it did before is not said again, so that a second
 * check shows only what is new.
 */
export function createStepChanges<Id extends string>(
  onStep: (step: Step<Id>) => void,
): (check: { readonly steps: readonly Step<Id>[] }) => void {
  const said = new Map<string, string>()
  return ({ steps }) => {
    for (const step of steps) {
      if (step.state === 'waiting' || step.state === 'running') continue
      const text = stepText(step)
      if (said.get(step.id) === text) continue
      said.set(step.id, text)
      onStep(step)
    }
  }
}
