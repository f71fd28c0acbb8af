import type { LeftTicket } from '../live/dashboard-state.ts'

/** Why a ticket is no longer counted. `field` is the name of the field that is watched. */
export function reasonWords({ reason, projectKey }: LeftTicket, field: string): string {
  if (reason === 'lowered') return `${field} lowered`
  if (reason === 'moved') return `moved to ${projectKey}`
  return { deleted: 'deleted', hidden: 'no longer visible' }[reason]
}

/** `2 no longer counted`. */
export function leftWords(count: number, more: boolean): string {
  return `${count.toLocaleString('en-GB')}${more ? ' or more' : ''} no longer counted`
}
