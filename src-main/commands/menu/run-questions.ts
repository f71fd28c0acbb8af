import type { RunRequest } from '../../../src-shared/contract/models.ts'
import { plannedSize, requestedTimes, type Size } from '../../../src-shared/domain/plan-times.ts'
import {
  DEFAULT_COUNT,
  DEFAULT_MINUTES,
  MAX_COUNT,
  MAX_MINUTES,
  MIN_MINUTES,
} from '../../../src-shared/domain/run-bounds.ts'
import { MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { durationText } from '../instants.ts'
import type { CliIo } from '../io.ts'
import { readReplayFile } from '../replay-file.ts'
import { askArrivals, type ArrivalsChoice } from './profile-question.ts'
import { askText, choose } from './question.ts'
import { tellError } from './tell.ts'

const SPEEDS = [120, 1, 10, 60, 600]

interface Answers {
  arrivals: ArrivalsChoice | null
  request: RunRequest
}

/** A question; false where the person went back. */
type Step = (answers: Answers) => Promise<boolean>

/**
 * Asks what to create, question by question; Escape leads one question back, and before the first: null. A replay and
 * parts have a number and a length of their own, which are not asked for. `compressible`: the sandbox, whose time may go
 * faster.
 */
export async function askRun(
  io: CliIo,
  { compressible }: { compressible: boolean },
): Promise<RunRequest | null> {
  const answers: Answers = { arrivals: null, request: {} }
  const steps = [arrivalsStep(io), countStep(io), minutesStep(io), ...(compressible ? [speedStep(io)] : [])]
  const isAsked = (step: number): boolean => answers.arrivals?.kind === 'shape' || (step !== 1 && step !== 2)
  const next = (from: number, by: 1 | -1): number => (isAsked(from + by) ? from + by : next(from + by, by))
  for (let step = 0; step < steps.length;) {
    step = next(step, (await steps[step]?.(answers)) === true ? 1 : -1)
    if (step < 0) return null
  }
  return answers.request
}

function arrivalsStep(io: CliIo): Step {
  return async (answers) => {
    const arrivals = await askArrivals(io)
    if (arrivals === null) return false
    answers.arrivals = arrivals
    if (arrivals.kind !== 'replay') {
      answers.request = { profile: arrivals.profile }
      return true
    }
    try {
      answers.request = { replay: await readReplayFile(io, arrivals.file) }
      plannedSize(requestedTimes(answers.request))
      return true
    } catch (error) {
      tellError(io, error)
      return arrivalsStep(io)(answers)
    }
  }
}

function countStep(io: CliIo): Step {
  return async (answers) => {
    const initial = String(answers.request.count ?? DEFAULT_COUNT)
    const bounds = `A whole number from 1 to ${MAX_COUNT}.`
    const typed = await askText(io, 'How many tickets?', {
      initial,
      check: (text) => (/^\d{1,6}$/.test(text) && isWithin(Number(text), 1, MAX_COUNT) ? null : bounds),
    })
    if (typed === null) return false
    answers.request = { ...answers.request, count: Number(typed) }
    return true
  }
}

function minutesStep(io: CliIo): Step {
  return async (answers) => {
    const initial = String(answers.request.minutes ?? DEFAULT_MINUTES)
    const bounds = `A number from ${MIN_MINUTES} to ${MAX_MINUTES}, as 60 or 0.5.`
    const typed = await askText(io, 'Over how many minutes?', {
      initial,
      check: (text) =>
        /^\d{1,4}(\.\d{1,6})?$/.test(text) && isWithin(Number(text), MIN_MINUTES, MAX_MINUTES)
          ? null
          : bounds,
    })
    if (typed === null) return false
    answers.request = { ...answers.request, minutes: Number(typed) }
    return true
  }
}

function speedStep(io: CliIo): Step {
  return async (answers) => {
    const { minutes } = sizeOf(answers.request)
    const chosen = await choose(
      io,
      'How fast shall the sandbox’s time go?',
      SPEEDS.map((speed) => {
        const long = durationText(Math.max(1_000, (minutes * MS_PER_MINUTE) / speed))
        return speed === 1
          ? { value: String(speed), label: 'As real time', hint: `it takes ${long}` }
          : { value: String(speed), label: `${speed} times as fast`, hint: `it takes ${long}` }
      }),
    )
    if (chosen === null) return false
    answers.request = { ...answers.request, compress: Number(chosen) }
    return true
  }
}

/** How many tickets a request means, over how many minutes. Throws `usage`. */
export function sizeOf(request: RunRequest): Size {
  return plannedSize(requestedTimes(request))
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most
}
