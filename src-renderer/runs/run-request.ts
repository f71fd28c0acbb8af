import { Check } from 'typebox/value'
import { RunRequest } from '../../src-shared/contract/models.ts'

/** The fields of the form, as typed. */
export interface RunFields {
  readonly count: string
  readonly minutes: string
  /** Empty for a random one. */
  readonly seed: string
  /** How many times faster than the wall clock. */
  readonly speed: string
}

/** A run by its numbers: nothing of it is left to the core's defaults. */
export type WantedRun = RunRequest & Required<Pick<RunRequest, 'count' | 'minutes'>>

export const defaultRun: RunFields = { count: '100', minutes: '60', seed: '', speed: '1' }

/** The run that the fields ask for, or null where a field cannot be taken. */
export function runRequest(fields: RunFields): WantedRun | null {
  const request = {
    count: numberIn(fields.count),
    minutes: numberIn(fields.minutes),
    ...(fields.seed.trim() === '' ? {} : { seed: numberIn(fields.seed) }),
    ...(fields.speed === '1' ? {} : { compress: numberIn(fields.speed) }),
  }
  return Check(RunRequest, request) ? request : null
}

/** An empty field is no number, although `Number` takes it for 0. */
function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}
