import { ArrowUp } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { messageOf } from '../../src-shared/errors/app-error.ts'
import { useDashboard, useSiteNow, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import type { TicketList } from '../live/dashboard-state.ts'
import { countText } from '../live/text.ts'
import { useActiveRow } from './active-row.ts'
import { useReading } from './held-back.ts'
import { useRowWindow, type RowWindow } from './row-window.ts'
import { TicketRow } from './ticket-row.tsx'
import styles from './ticket-list.module.css'

/** Rows before the end at which the next page is asked for. */
const NEAR_END = 100

interface TicketRowsProps {
  readonly list: TicketList
  readonly session: Session
  /** How many there are in all, listed or not; null where that is not known. */
  readonly total: number | null
}

/**
 * The list itself, of which only what is in sight is drawn. What comes in while somebody reads waits behind a button, so
 * that nothing moves under the eyes; those who only look on see it at once.
 */
export function TicketRows({ list, session, total }: TicketRowsProps): React.ReactNode {
  const scroller = useRef<HTMLDivElement>(null)
  const { tickets, held, showNew, handlers } = useReading(list.tickets, scroller)
  const rows = useRowWindow(scroller)
  const { active, rowId, onKeyDown } = useActiveRow(tickets, rows, scroller)
  const loading = useDashboard((state) => state.listLoading)
  const nowMs = useSiteNow()
  return (
    <div className={styles['list']}>
      {held > 0 && (
        <Button className={styles['new']} onClick={showNew}>
          <ArrowUp size={13} aria-hidden="true" />
          {countText(held, 'new ticket')}
        </Button>
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys and pointer of the rows in it */}
      <div
        ref={scroller}
        className={styles['scroll']}
        role="feed"
        aria-label="List"
        aria-busy={loading}
        onKeyDown={onKeyDown}
        {...handlers}
      >
        <div className={styles['rows']} style={{ height: tickets.length * rows.rowPx }}>
          {rowsIn(rows, active, tickets.length).map((index) => {
            const ticket = tickets[index]
            return (
              ticket && (
                <TicketRow
                  key={ticket.id}
                  topPx={index * rows.rowPx}
                  place={index + 1}
                  of={total ?? (list.more ? -1 : tickets.length)}
                  isActive={ticket.id === rowId}
                  {...{ ticket, session, nowMs }}
                />
              )
            )
          })}
        </div>
        {list.more && <NextPage isNear={rows.last > tickets.length - NEAR_END} />}
      </div>
    </div>
  )
}

/** The end of what was read: has the next page read as soon as one comes near it, and says where that fails. */
function NextPage({ isNear }: { isNear: boolean }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const loading = useDashboard((state) => state.listLoading)
  const failure = useDashboard((state) => state.listFailure)
  const isDue = isNear && !loading && failure === null
  useEffect(() => {
    if (isDue) void dashboard.moreTickets()
  }, [isDue, dashboard])
  if (failure === null) return <p className={styles['none']}>Reading more…</p>
  return (
    <div className={styles['none']} role="alert">
      {messageOf(failure)}{' '}
      <Button kind="quiet" onClick={() => void dashboard.moreTickets()}>
        Try again
      </Button>
    </div>
  )
}

/** The rows to be drawn: those in sight, and the one that has or would get the focus. */
function rowsIn({ first, last }: RowWindow, active: number, count: number): number[] {
  const inSight = Array.from({ length: Math.max(0, Math.min(last, count) - first) }, (_, n) => first + n)
  if (active < 0 || (active >= first && active < last)) return inSight
  return active < first ? [active, ...inSight] : [...inSight, active]
}
