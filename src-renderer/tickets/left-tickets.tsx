import type { Session } from '../../src-shared/contract/models.ts'
import { useDashboard } from '../app/workbench.ts'
import { ScrollRegion } from '../controls/scroll-region.tsx'
import type { LeftTicket } from '../live/dashboard-state.ts'
import { timeWords } from '../live/time-words.ts'
import { leftWords, reasonWords } from './left-words.ts'
import { TicketKey } from './ticket-key.tsx'
import list from './ticket-list.module.css'
import row from './ticket-row.module.css'

/** The tickets of the same time that were counted once, behind a quiet line; nothing where there are none. */
export function LeftTickets({ session }: { session: Session }): React.ReactNode {
  const left = useDashboard((state) => state.left)
  if (left === null || left.tickets.length === 0) return null
  const words = leftWords(left.tickets.length, left.more)
  return (
    <details className={list['left']}>
      <summary>{words}</summary>
      <ScrollRegion className={list['scroll']} label="No longer counted">
        <ul>
          {left.tickets.map((ticket) => (
            <LeftRow key={ticket.id} ticket={ticket} session={session} />
          ))}
        </ul>
      </ScrollRegion>
    </details>
  )
}

function LeftRow({ ticket, session }: { ticket: LeftTicket; session: Session }): React.ReactNode {
  const gone = ticket.reason === 'deleted' || ticket.reason === 'hidden'
  return (
    <li className={row['row']}>
      <p className={row['facts']}>
        {gone ? <b>{ticket.key}</b> : <TicketKey ticketKey={ticket.key} site={session.site} />}
        {reasonWords(ticket, session.watchedField.name)}
        <time dateTime={new Date(ticket.leftMs).toISOString()}>{timeWords(ticket.leftMs, session.zone)}</time>
      </p>
      <p className={row['title']} title={ticket.title}>
        {ticket.title}
      </p>
    </li>
  )
}
