import type { Session } from '../../src-shared/contract/models.ts'
import { PrioritySwatch } from '../chart/priority-swatch.tsx'
import type { Ticket } from '../live/dashboard-state.ts'
import { timeWords } from '../live/time-words.ts'
import styles from './ticket-row.module.css'

/** A ticket: key, priority, time and title. The key leads to Jira where Jira has pages. */
export function TicketRow({ ticket, session }: { ticket: Ticket; session: Session }): React.ReactNode {
  const { browseUrl } = session.site
  const rank = session.watched.findIndex((priority) => priority.id === ticket.priorityId)
  return (
    <li className={styles['row']}>
      <p className={styles['facts']}>
        {browseUrl === null ? (
          <b>{ticket.key}</b>
        ) : (
          <a href={`${browseUrl}/browse/${encodeURIComponent(ticket.key)}`} target="_blank" rel="noreferrer">
            {ticket.key}
          </a>
        )}
        <span className={styles['priority']}>
          <PrioritySwatch rank={Math.max(0, rank)} />
          {ticket.priorityName}
        </span>
        <time dateTime={new Date(ticket.createdMs).toISOString()}>
          {timeWords(ticket.createdMs, session.zone)}
        </time>
      </p>
      <p className={styles['title']} title={ticket.title}>
        {ticket.title}
      </p>
    </li>
  )
}
