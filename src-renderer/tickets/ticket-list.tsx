import { X } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { messageOf } from '../../src-shared/errors/app-error.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { isEverything } from '../../src-shared/domain/ticket-filter.ts'
import { TICKET_SEARCH_ID, useDashboard, useSiteNow, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { dayText, momentText, spanText, timesText } from '../live/text.ts'
import { evidenceOf, foundText, qualifiersText, totalText } from './evidence.ts'
import { LeftTickets } from './left-tickets.tsx'
import { TicketActions } from './ticket-actions.tsx'
import { TicketRows } from './ticket-rows.tsx'
import { WhatDiffers } from './what-differs.tsx'
import styles from './ticket-list.module.css'

const FieldChips = lazy(() =>
  import('../filter/field-chips.tsx').then(
    (module) => ({ default: module.FieldChips }),
    () => ({ default: () => null }),
  ),
)

const MS_PER_DAY = 1_440 * MS_PER_MINUTE

/** The tickets of the span, or of the bar that was opened, newest first: how many, what qualifies that, and each of them. */
export function TicketList(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const opened = useDashboard((state) => state.opened)
  const following = useDashboard((state) => state.following)
  const shown = useDashboard((state) => state.shown)
  const nowMs = useSiteNow()
  if (session === null || shown === null) return <section className={styles['panel']} aria-label="Tickets" />

  const part = opened ?? shown
  const when = following && opened === null ? null : partText(part, session.zone, nowMs)
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
      <Evidence part={part} />
    </section>
  )
}

function Evidence({ part }: { part: TimeSpan }): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const counts = useDashboard((state) => state.counts)
  const gaps = useDashboard((state) => state.gaps)
  const list = useDashboard((state) => state.list)
  const left = useDashboard((state) => state.left)
  const search = useDashboard((state) => state.search)
  const filter = useDashboard((state) => state.filter)
  const nowMinute = useDashboard((state) => state.nowMinute)
  if (session === null) return null
  const evidence = evidenceOf({ counts, gaps, list, left, search, nowMinute }, part)
  const isSearched = search.trim() !== ''
  const { total, isFuture } = evidence
  const qualifiers = qualifiersText(evidence, session.zone)
  return (
    <>
      <p className={styles['count']}>
        {isSearched ? list && foundText(list) : <b>{totalText(evidence)}</b>}
        {!isSearched && qualifiers !== '' && <span className="quiet"> · {qualifiers}</span>}
      </p>
      {!isSearched && total !== 0 && isEverything(filter) && <WhatDiffers part={part} />}
      {/* What a filter has left nothing of is chosen anew there. */}
      {(isSearched || total !== 0 || !isEverything(filter)) && (
        <Suspense fallback={<div className={styles['fields']} />}>
          <FieldChips part={part} session={session} />
        </Suspense>
      )}
      {(isSearched || total !== 0) && <SearchBox key={session.site.id} />}
      <Listed total={isSearched ? null : total} />
      {(!isFuture || total !== 0) && (
        <TicketActions part={part} session={session} total={evidence.gaps.length > 0 ? null : total} />
      )}
      <LeftTickets session={session} />
    </>
  )
}

/** The list, or why there is none. */
function Listed({ total }: { total: number | null }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const list = useDashboard((state) => state.list)
  const failure = useDashboard((state) => state.listFailure)
  const search = useDashboard((state) => state.search)
  if (session === null) return null
  if (list === null) {
    return (
      <div className={styles['none']}>
        {failure === null ? 'Reading…' : `${messageOf(failure)} `}
        {failure !== null && (
          <Button kind="quiet" onClick={() => dashboard.open(dashboard.store.get().opened)}>
            Try again
          </Button>
        )}
      </div>
    )
  }
  if (list.tickets.length > 0) return <TicketRows key={list.id} list={list} session={session} total={total} />
  return <p className={styles['none']}>{search.trim() !== '' && 'No title and no key here has this text.'}</p>
}

/** Not controlled: what is typed is the field's own, and each letter of it is looked for. */
function SearchBox(): React.ReactNode {
  const { dashboard } = useWorkbench()
  return (
    <input
      id={TICKET_SEARCH_ID}
      className={styles['search']}
      type="search"
      aria-label="Search these tickets by title or key"
      placeholder="Search title or key"
      maxLength={200}
      autoComplete="off"
      spellCheck={false}
      defaultValue={dashboard.store.get().search}
      onChange={({ target }) => dashboard.search(target.value)}
    />
  )
}

/** `05:32` for a minute of today, else its times, with the day where that is another one. */
function partText(part: TimeSpan, zone: string, nowMs: number): string {
  const isToday = dayText(part.fromMs, zone, nowMs) === dayText(nowMs, zone, nowMs)
  if (part.toMs - part.fromMs <= MS_PER_MINUTE) return momentText(part.fromMs, zone, nowMs)
  return isToday && part.toMs - part.fromMs < MS_PER_DAY ? spanText(part, zone) : timesText(part, zone, nowMs)
}
