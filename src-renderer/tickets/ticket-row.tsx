import type { Session } from '../../src-shared/contract/models.ts'
import { PrioritySwatch } from '../chart/legend.tsx'
import type { Ticket } from '../live/dashboard-state.ts'
import { timeWords } from '../live/time-words.ts'
import { TicketKey } from './ticket-key.tsx'
import styles from './ticket-row.module.css'

/** A ticket: key, priority, time and title. */
export function TicketRow({ ticket, session }: { ticket: Ticket; session: Session }): React.ReactNode {
  const rank = session.watched.findIndex((priority) => priority.id === ticket.priorityId)
  return (
    <li className={styles['row']}>
      <p className={styles['facts']}>
        <TicketKey ticketKey={ticket.key} site={session.site} />
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
