import { writtenProfile } from '../../src-shared/domain/profile.ts'
import { numberOf } from '../../src-shared/domain/profile-text.ts'
import { problemWords } from './problem-words.ts'
import type { RunFields } from './run-fields.ts'

/** What is wrong with single fields, a sentence each. */
export type RunProblems = Readonly<Partial<Record<keyof RunFields, string>>>

/** The profile that the fields ask for, in its written form; or what is wrong with them. */
export function profileRequest(fields: RunFields): string | RunProblems {
  switch (fields.profile) {
    case 'steady':
    case 'even':
      return fields.profile
    case 'ramp':
      return rampOf(fields)
    case 'spike':
      return spikeOf(fields)
    case 'sine':
      return sineOf(fields)
    case 'written':
      return fields.written.trim() === ''
        ? { written: 'Write one, such as 30m@50,10m@200.' }
        : fields.written.trim()
    default: // replay
      return { replay: 'Choose a file of tickets.' }
  }
}

function rampOf({ rampFrom, rampTo }: RunFields): string | RunProblems {
  const [from, to] = [numberIn(rampFrom), numberIn(rampTo)]
  if (from === null || to === null) {
    return {
      ...(from === null && { rampFrom: problemWords.number }),
      ...(to === null && { rampTo: problemWords.number }),
    }
  }
  if (from + to === 0) return { rampTo: 'One of the two has to be above 0.' }
  return writtenProfile({ kind: 'ramp', from, to, spacing: 'steady' })
}

function spikeOf({ spikeAt, spikeLong, spikeHeight }: RunFields): string | RunProblems {
  const [at, long, height] = [minutesIn(spikeAt), minutesIn(spikeLong), numberIn(spikeHeight)]
  if (at === undefined || long === undefined || long === 0 || height === null) {
    return {
      ...(at === undefined && { spikeAt: problemWords.number }),
      ...((long === undefined || long === 0) && { spikeLong: problemWords.aboveZero }),
      ...(height === null && { spikeHeight: problemWords.number }),
    }
  }
  return writtenProfile({ kind: 'spike', atMs: at, longMs: long, height, spacing: 'steady' })
}

function sineOf({ waves: text }: RunFields): string | RunProblems {
  const waves = numberIn(text)
  if (waves === null || !Number.isInteger(waves) || waves < 1 || waves > 100) {
    return { waves: 'A whole number from 1 to 100.' }
  }
  return writtenProfile({ kind: 'sine', waves, spacing: 'steady' })
}

function numberIn(text: string): number | null {
  return numberOf(text.trim())
}

/** Minutes as ms; null where the field is empty, undefined where it cannot be read. */
function minutesIn(text: string): number | null | undefined {
  if (text.trim() === '') return null
  const minutes = numberIn(text)
  return minutes === null ? undefined : Math.round(minutes * 60_000)
}
