import type { UsualHeat } from '../../src-shared/contract/alerts/usual.ts'

export const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const
export const HOURS_PER_DAY = 24

export type HeatHour = UsualHeat['hours'][number]

/** Tickets an hour, with a place after the point where they are few. */
export function rateText(perHour: number): string {
  return perHour < 9.95 ? perHour.toFixed(1).replace('.0', '') : Math.round(perHour).toLocaleString('en-GB')
}

/** `Tuesday 14–15: usual 18 an hour, from 143 tickets in 8 weeks`. */
export function cellText({ perHour, tickets, weeks, believed }: HeatHour, cell: number): string {
  const hour = cell % HOURS_PER_DAY
  const name = `${DAYS[Math.floor(cell / HOURS_PER_DAY)] ?? ''} ${hour}–${hour + 1}`
  if (weeks === 0) return `${name}: not known yet`
  const from = `from ${tickets} ${tickets === 1 ? 'ticket' : 'tickets'} in ${Number(weeks.toFixed(1))} ${weeks === 1 ? 'week' : 'weeks'}`
  const said = believed
    ? `usual ${rateText(perHour)} an hour`
    : `still learning, so far ${rateText(perHour)} an hour`
  return `${name}: ${said}, ${from}`
}

/** The numbers by which an alarm of this hour can be checked by hand, with the signs of docs/alerts.md. */
export function byHandText({ perHour, weeks }: HeatHour, { phi, kappas }: UsualHeat): string {
  const spread = kappas.map(({ minutes, kappa }) => `${number(kappa)} in ${minutes} min`).join(', ')
  return `By hand: n = ${number(weeks)}, a = ${number(perHour * (weeks + PRIOR_WEEKS))}, λ = ${number(perHour / 60)} a minute, φ = ${number(phi)}, κ = ${spread}`
}

/** The mean of like days counts for so many weeks. */
const PRIOR_WEEKS = 2

function number(value: number): string {
  return String(Number(value.toPrecision(3)))
}
