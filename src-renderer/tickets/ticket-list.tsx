import { ArrowRight, X } from 'lucide-react'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { openRunsPage } from '../app/view-state.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { ScrollRegion } from '../controls/scroll-region.tsx'
import { spanWords, timeWords } from '../live/time-words.ts'
import { LeftTickets } from './left-tickets.tsx'
import { TicketRow } from './ticket-row.tsx'
import styles from './ticket-list.module.css'

/** The tickets of the hour, or of the bar that was opened, newest first. */
export function TicketList(): React.ReactNode {
  const { dashboard, view } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const opened = useDashboard((state) => state.opened)
  const list = useDashboard((state) => state.list)
  if (session === null) return <section className={styles['panel']} aria-label="Tickets" />

  const oneMinute = opened !== null && opened.toMs - opened.fromMs <= startOfMinute(1)
  const when =
    opened && (oneMinute ? timeWords(opened.fromMs, session.zone) : spanWords(opened, session.zone))
  return (
    <section className={styles['panel']} aria-labelledby="tickets-title">
      <div className={styles['head']}>
        <h2 id="tickets-title">{when === null ? 'Latest tickets' : `Tickets of ${when}`}</h2>
        {opened && (
          <Button kind="quiet" onClick={() => dashboard.open(null)}>
            Whole hour
            <X size={13} aria-hidden="true" />
          </Button>
        )}
      </div>
      {opened && (
        <Button kind="quiet" className={styles['audit']} onClick={() => openRunsPage(view, { span: opened })}>
          {oneMinute ? 'Audit this minute' : 'Audit these minutes'}
          <ArrowRight size={13} aria-hidden="true" />
        </Button>
      )}
      {list && list.tickets.length === 0 && (
        <p className={styles['none']}>{opened ? 'No tickets then.' : 'No tickets in this hour.'}</p>
      )}
      {list && list.tickets.length > 0 && (
        <ScrollRegion className={styles['scroll']} label="List">
          <ul>
            {list.tickets.map((ticket) => (
              <TicketRow key={ticket.id} ticket={ticket} session={session} />
            ))}
            {list.more && <li className={styles['none']}>Older ones are not listed.</li>}
          </ul>
        </ScrollRegion>
      )}
      <LeftTickets session={session} />
    </section>
  )
}
