import type { Session } from '../../src-shared/contract/tickets.ts'
import { useDashboard, useSiteNow, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { ScrollRegion } from '../controls/data.tsx'
import type { UncountedTicket } from '../live/dashboard-state.ts'
import { momentText } from '../live/text.ts'
import { removedText } from './evidence.ts'
import { TicketKey } from './ticket-key.tsx'
import styles from './ticket-list.module.css'

/** The tickets of the same time that were counted once, behind a quiet line; nothing where there are none. */
export function LeftTickets({ session }: { session: Session }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const left = useDashboard((state) => state.left)
  if (left === null || left.tickets.length === 0) return null
  return (
    <details className={styles['left']}>
      <summary>{removedText(left.tickets.length, left.more)}</summary>
      <ScrollRegion className={styles['left-scroll']} label="No longer counted">
        <ul>
          {left.tickets.map((ticket) => (
            <LeftRow key={ticket.id} ticket={ticket} session={session} />
          ))}
        </ul>
        {left.more && (
          <Button kind="quiet" onClick={() => void dashboard.moreLeft()}>
            Show more
          </Button>
        )}
      </ScrollRegion>
    </details>
  )
}

function LeftRow({ ticket, session }: { ticket: UncountedTicket; session: Session }): React.ReactNode {
  const gone = ticket.reason === 'deleted' || ticket.reason === 'hidden'
  const nowMs = useSiteNow()
  return (
    <li className={styles['left-row']}>
      <p className={styles['facts']}>
        {gone ? <b>{ticket.key}</b> : <TicketKey ticketKey={ticket.key} />}
        {reasonText(ticket, session.watchedField.name)}
        <time dateTime={new Date(ticket.leftMs).toISOString()}>
          {momentText(ticket.leftMs, session.zone, nowMs)}
        </time>
      </p>
      <p className={styles['title']}>{ticket.title}</p>
    </li>
  )
}

/** Why a ticket is no longer counted. `field` is the name of the field that is watched. */
export function reasonText({ reason, projectKey }: UncountedTicket, field: string): string {
  if (reason === 'lowered') return `${field} lowered`
  if (reason === 'moved') return `moved to ${projectKey}`
  return { deleted: 'deleted', hidden: 'no longer visible' }[reason]
}
