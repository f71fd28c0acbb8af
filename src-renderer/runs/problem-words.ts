import { MAX_COUNT, MAX_MINUTES, MAX_SEED, MIN_MINUTES } from '../../src-shared/domain/run-bounds.ts'

const written = (number: number): string => number.toLocaleString('en-GB')

/** What the fields of a run's form have to be. */
export const problemWords = {
  count: `A whole number from 1 to ${written(MAX_COUNT)}.`,
  minutes: `A number from ${written(MIN_MINUTES)} to ${written(MAX_MINUTES)}.`,
  seed: `A whole number from 0 to ${written(MAX_SEED)}.`,
  number: 'A number from 0.',
  aboveZero: 'A number above 0.',
  weights: 'Names and numbers, as in the example.',
} as const

/** A failure's message and hint in a form, where nothing has been made yet in any case. */
export function fieldWords({ message, hint }: { readonly message: string; readonly hint: string }): string {
  return [message.replace(/ Nothing was (made|done|read)\.$/, ''), hint].filter(Boolean).join(' ')
}
