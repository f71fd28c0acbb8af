import { type AppError, nothingMade } from '../../errors/app-error.ts'

export const DEFAULT_COUNT = 100
export const DEFAULT_MINUTES = 60
export const MAX_COUNT = 100_000
export const MIN_MINUTES = 0.1
export const MAX_MINUTES = 1_440
export const MAX_SEED = 4_294_967_295

/** Throws `usage` where a run cannot have that number of tickets, such a length or such a seed. */
export function checkBounds({ count, minutes, seed }: Record<'count' | 'minutes' | 'seed', number>): void {
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
    throw outOfBounds('number of tickets', count, `a whole number from 1 to ${MAX_COUNT}`)
  }
  if (!(minutes >= MIN_MINUTES && minutes <= MAX_MINUTES)) {
    throw outOfBounds('number of minutes', minutes, `from ${MIN_MINUTES} to ${MAX_MINUTES}`)
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > MAX_SEED) {
    throw outOfBounds('seed', seed, `a whole number from 0 to ${MAX_SEED}`)
  }
}

function outOfBounds(what: string, value: number, bounds: string): AppError {
  return nothingMade('usage', `The ${what} cannot be ${value}.`, `It has to be ${bounds}.`)
}

/** Of a larger run it is not worked out in advance what each ticket will be: that takes too long for every key that is pressed. */
export const MAX_PREVIEWED = 10_000
