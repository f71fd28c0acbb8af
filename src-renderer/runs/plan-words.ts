import { ticketsWords } from '../chart/chart-text.ts'
import { minutesWords } from './minutes-words.ts'
import type { PlannedRun } from './planned-run.ts'

type Weights = NonNullable<PlannedRun['request']['weights']>

/** The plan in a sentence: `100 tickets in 60 minutes, at most 5 in one.` */
export function planWords({ count, minutes, perMinute }: Omit<PlannedRun, 'request'>): string {
  const all = `${ticketsWords(count)} in ${minutesWords(minutes)}`
  return perMinute.length < 2
    ? `${all}.`
    : `${all}, at most ${Math.max(...perMinute).toLocaleString('en-GB')} in one.`
}

/** What the weights come to, `About 25 Highest, 75 High; 67 in OPS, 33 in TPM.`; null where none are asked for. */
export function sharesWords({ count, request }: Pick<PlannedRun, 'count' | 'request'>): string | null {
  const { weights, types, projects } = request
  const parts = [
    weights && shares(count, weights, (share, name) => `${share} ${name}`),
    types && shares(count, types, (share, name) => `${share} ${name}`),
    projects && shares(count, projects, (share, name) => `${share} in ${name}`),
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? null : `About ${parts.join('; ')}.`
}

function shares(count: number, weights: Weights, words: (share: string, name: string) => string): string {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0)
  return Object.entries(weights)
    .map(([name, weight]) => words(Math.round((count * weight) / total).toLocaleString('en-GB'), name))
    .join(', ')
}
