import { ArrowRight, X } from 'lucide-react'
import type { Session } from '../../src-shared/contract/tickets.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { openRunsPage, useDashboard, useSiteNow, useWorkbench } from '../app/workbench.ts'
import { PrioritySwatch } from '../chart/legend.tsx'
import { Button } from '../controls/button.tsx'
import { ScrollRegion } from '../controls/data.tsx'
import type { UncountedTicket, ListedTicket } from '../live/dashboard-state.ts'
import { dayText, momentText, spanText, timesText, timeText } from '../live/text.ts'
import styles from './ticket-list.module.css'

const MS_PER_DAY = 1_440 * MS_PER_MINUTE

/** The tickets of the span, or of the bar that was opened, newest first. */
export function TicketList(): React.ReactNode {
  const { dashboard, view } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const opened = useDashboard((state) => state.opened)
  const list = useDashboard((state) => state.list)
  const following = useDashboard((state) => state.following)
  const shown = useDashboard((state) => state.shown)
  const nowMs = useSiteNow()
  if (session === null || shown === null) return <section className={styles['panel']} aria-label="Tickets" />

  const oneMinute = opened !== null && opened.toMs - opened.fromMs <= MS_PER_MINUTE
  const when = following && opened === null ? null : partText(opened ?? shown, session.zone, nowMs)
  return (
    <section className={styles['panel']} aria-labelledby="tickets-title">
      <div className={styles['head']}>
        <h2 id="tickets-title">{when === null ? 'Latest tickets' : `Tickets of ${when}`}</h2>
        {opened && (
          <Button kind="quiet" onClick={() => dashboard.open(null)}>
            Whole span
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
      {list && list.tickets.length === 0 && <p className={styles['none']}>No tickets then.</p>}
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

/** `05:32` for a minute of today, else its times, with the day where that is another one. */
function partText(part: TimeSpan, zone: string, nowMs: number): string {
  const isToday = dayText(part.fromMs, zone, nowMs) === dayText(nowMs, zone, nowMs)
  if (part.toMs - part.fromMs <= MS_PER_MINUTE) return momentText(part.fromMs, zone, nowMs)
  return isToday && part.toMs - part.fromMs < MS_PER_DAY ? spanText(part, zone) : timesText(part, zone, nowMs)
}

function TicketRow({ ticket, session }: { ticket: ListedTicket; session: Session }): React.ReactNode {
  const rank = session.watched.findIndex((priority) => priority.id === ticket.priorityId)
  return (
    <li className={styles['row']}>
      <p className={styles['facts']}>
        <TicketKey ticketKey={ticket.key} />
        <span className={styles['priority']}>
          <PrioritySwatch rank={Math.max(0, rank)} />
          {ticket.priorityName}
        </span>
        <time dateTime={new Date(ticket.createdMs).toISOString()}>
          {timeText(ticket.createdMs, session.zone)}
        </time>
      </p>
      <p className={styles['title']} title={ticket.title}>
        {ticket.title}
      </p>
    </li>
  )
}

/** The tickets of the same time that were counted once, behind a quiet line; nothing where there are none. */
function LeftTickets({ session }: { session: Session }): React.ReactNode {
  const left = useDashboard((state) => state.left)
  if (left === null || left.tickets.length === 0) return null
  return (
    <details className={styles['left']}>
      <summary>{removedText(left.tickets.length, left.more)}</summary>
      <ScrollRegion className={styles['scroll']} label="No longer counted">
        <ul>
          {left.tickets.map((ticket) => (
            <LeftRow key={ticket.id} ticket={ticket} session={session} />
          ))}
        </ul>
      </ScrollRegion>
    </details>
  )
}

function LeftRow({ ticket, session }: { ticket: UncountedTicket; session: Session }): React.ReactNode {
  const gone = ticket.reason === 'deleted' || ticket.reason === 'hidden'
  return (
    <li className={styles['row']}>
      <p className={styles['facts']}>
        {gone ? <b>{ticket.key}</b> : <TicketKey ticketKey={ticket.key} />}
        {reasonText(ticket, session.watchedField.name)}
        <time dateTime={new Date(ticket.leftMs).toISOString()}>{timeText(ticket.leftMs, session.zone)}</time>
      </p>
      <p className={styles['title']} title={ticket.title}>
        {ticket.title}
      </p>
    </li>
  )
}

/** Why a ticket is no longer counted. `field` is the name of the field that is watched. */
export function reasonText({ reason, projectKey }: UncountedTicket, field: string): string {
  if (reason === 'lowered') return `${field} lowered`
  if (reason === 'moved') return `moved to ${projectKey}`
  return { deleted: 'deleted', hidden: 'no longer visible' }[reason]
}

/** `2 no longer counted`. */
export function removedText(count: number, more: boolean): string {
  return `${count.toLocaleString('en-GB')}${more ? ' or more' : ''} no longer counted`
}

/** A ticket's key. It leads to Jira where Jira has a page for it: of an imported ticket only the id is known, as `#123`. */
export function TicketKey({ ticketKey }: { ticketKey: string }): React.ReactNode {
  const browseUrl = useDashboard((state) => state.session?.site.browseUrl ?? null)
  if (browseUrl === null || ticketKey.startsWith('#')) return <b>{ticketKey}</b>
  return (
    <a href={`${browseUrl}/browse/${encodeURIComponent(ticketKey)}`} target="_blank" rel="noreferrer">
      {ticketKey}
    </a>
  )
}
