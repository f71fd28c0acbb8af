import type { TicketFilter } from '../contract/fields.ts'
import type { Ticket } from './ticket.ts'

/** Whether a filter leaves a ticket: it has one of the values of each field that is named. */
export function passes(ticket: Ticket, filter: TicketFilter): boolean {
  const { projects, issueTypes, components, labels, rehearsed } = filter
  return (
    hasOne([ticket.projectKey], projects) &&
    hasOne(ticket.issueType === undefined ? [] : [ticket.issueType], issueTypes) &&
    hasOne(ticket.components, components) &&
    hasOne(ticket.labels, labels) &&
    (rehearsed === undefined || ticket.rehearsed === rehearsed)
  )
}

function hasOne(values: readonly string[] = [], wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || values.some((value) => wanted.includes(value))
}
