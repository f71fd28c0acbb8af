import { memo } from 'react'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { LISTED_TICKET_ID } from '../app/workbench.ts'
import { PrioritySwatch } from '../chart/legend.tsx'
import type { ListedTicket } from '../live/dashboard-state.ts'
import { durationText, momentText } from '../live/text.ts'
import { TicketKey } from './ticket-key.tsx'
import styles from './ticket-list.module.css'

interface TicketRowProps {
  readonly ticket: ListedTicket
  readonly session: Session
  readonly nowMs: number
  readonly topPx: number
  readonly place: number
  /** −1 where it is not known. */
  readonly of: number
  /** Whether Tab leads to it. */
  readonly isActive: boolean
}

/** A ticket at its place in the list, all of the same height. */
export const TicketRow = memo(function TicketRow(props: TicketRowProps): React.ReactNode {
  const { ticket, session, nowMs, topPx, place, of, isActive } = props
  const rank = session.watched.findIndex((priority) => priority.id === ticket.priorityId)
  return (
    <article
      id={isActive ? LISTED_TICKET_ID : undefined}
      className={styles['row']}
      style={{ top: topPx }}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- in a feed articles take the focus
      tabIndex={isActive ? 0 : -1}
      aria-posinset={place}
      aria-setsize={of}
      aria-label={`${ticket.key}, ${ticket.priorityName}: ${ticket.title}`}
    >
      <p className={styles['facts']}>
        <TicketKey ticketKey={ticket.key} tabIndex={isActive ? 0 : -1} />
        <span className={styles['priority']}>
          <PrioritySwatch rank={Math.max(0, rank)} />
          {ticket.priorityName}
        </span>
        <time dateTime={new Date(ticket.createdMs).toISOString()}>
          {momentText(ticket.createdMs, session.zone, nowMs)}
        </time>
      </p>
      <p className={styles['title']} title={ticket.title}>
        {ticket.title}
      </p>
      <p className={styles['meta']}>
        <span className={styles['status']}>{ticket.status}</span>
        <span>{ticket.projectKey}</span>
        <span>{ageText(nowMs - ticket.createdMs)}</span>
      </p>
    </article>
  )
})

/** `4 min old`. */
function ageText(ms: number): string {
  return ms < 60_000 ? 'just now' : `${durationText(ms)} old`
}
