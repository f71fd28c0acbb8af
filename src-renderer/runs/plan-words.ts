import { ticketsWords } from '../chart/bin-words.ts'
import { minutesWords } from './minutes-words.ts'
import type { PlannedRun } from './planned-run.ts'

/** The plan in a sentence: `100 tickets in 60 minutes, at most 5 in one.` */
export function planWords({ count, minutes, perMinute }: Omit<PlannedRun, 'request'>): string {
  const all = `${ticketsWords(count)} in ${minutesWords(minutes)}`
  return perMinute.length < 2
    ? `${all}.`
    : `${all}, at most ${Math.max(...perMinute).toLocaleString('en-GB')} in one.`
}
