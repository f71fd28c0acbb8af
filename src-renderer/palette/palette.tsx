/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/click-events-have-key-events --
 * the ARIA combobox pattern: the focus and the keys stay in the input, no tag stands for its list. */
import { useId, useState } from 'react'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Command } from '../app/commands.ts'
import { useDashboard, useSiteNow, useWorkbench, useZone } from '../app/workbench.ts'
import { hourSpan } from '../live/calendar.ts'
import type { ListedTicket } from '../live/dashboard-state.ts'
import { findCommands, findTime, matchingTickets, ticketFindings, type Finding } from './find.ts'
import styles from './palette.module.css'
import { SearchField } from './search-field.tsx'

interface PaletteProps {
  readonly commands: readonly Command[]
  /** What was typed. */
  readonly text: string
  readonly onText: (text: string) => void
  readonly onClose: () => void
}

/** Tickets, times, saved views and commands, found by typing; arrow keys and Enter choose. */
export function Palette({ commands, text, onText, onClose }: PaletteProps): React.ReactNode {
  const id = useId()
  const [at, setAt] = useState(0)
  const { found, wrong } = useFindings(commands, text)
  const active = found[Math.min(at, found.length - 1)]
  const idOf = (finding: Finding): string => `${id}-${finding.id}`

  function choose(finding: Finding | undefined): void {
    if (finding === undefined) return
    onClose()
    // The dialog gives the focus back as it closes; what was chosen does with it what it will after that.
    requestAnimationFrame(() => requestAnimationFrame(finding.run))
  }

  function onKeyDown(event: React.KeyboardEvent): void {
    if (event.key === 'ArrowDown') setAt(stepped(at, 1, found.length))
    else if (event.key === 'ArrowUp') setAt(stepped(at, -1, found.length))
    else if (event.key === 'Enter') choose(active)
    else return
    event.preventDefault()
  }

  return (
    <>
      <SearchField
        listId={`${id}-list`}
        activeId={active && idOf(active)}
        value={text}
        onChange={(event) => {
          onText(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul className={styles['list']} id={`${id}-list`} role="listbox" aria-label="Found">
        {found.map((finding) => (
          <Item
            key={finding.id}
            id={idOf(finding)}
            finding={finding}
            active={finding === active}
            onChoose={() => choose(finding)}
          />
        ))}
      </ul>
      <p className={styles['none']} role="status" hidden={found.length > 0}>
        {found.length === 0 && (wrong === '' ? 'Nothing here has these words.' : wrong)}
      </p>
    </>
  )
}

/** What there is for a text: a time first, since it was typed as one. */
function useFindings(commands: readonly Command[], text: string) {
  const { dashboard } = useWorkbench()
  const clock = { nowMs: useSiteNow(), zone: useZone() }
  const listed = useDashboard((state) => state.list?.tickets ?? none)
  const showTicket = useShowTicket()
  const time = findTime(text, clock, dashboard.showSpan)
  const tickets = ticketFindings(matchingTickets(listed, text).slice(0, MAX_TICKETS), clock, showTicket)
  return { found: [...time.found, ...findCommands(commands, text), ...tickets], wrong: time.wrong }
}

const none: readonly ListedTicket[] = []
const MAX_TICKETS = 8

/** Lists the minute of a ticket, in its hour where that is not shown. */
function useShowTicket(): (ticket: ListedTicket) => void {
  const { dashboard, view } = useWorkbench()
  return ({ createdMs }) => {
    const { shown, session } = dashboard.store.get()
    const fromMs = startOfMinute(minuteOf(createdMs))
    const isShown = shown !== null && shown.fromMs <= fromMs && fromMs < shown.toMs
    if (!isShown) dashboard.showSpan(hourSpan(createdMs, session?.zone ?? 'UTC'))
    view.put({ page: 'dashboard', panel: 'tickets' })
    dashboard.open({ fromMs, toMs: startOfMinute(minuteOf(createdMs) + 1) })
  }
}

/** The next place in a list of `length`, round at its ends. */
function stepped(at: number, by: number, length: number): number {
  return length === 0 ? 0 : (Math.min(at, length - 1) + by + length) % length
}

interface ItemProps {
  readonly id: string
  readonly finding: Finding
  readonly active: boolean
  readonly onChoose: () => void
}

function Item({ id, finding, active, onChoose }: ItemProps): React.ReactNode {
  return (
    <li
      id={id}
      ref={(node) => {
        if (active) node?.scrollIntoView({ block: 'nearest' })
      }}
      className={styles['item']}
      role="option"
      aria-selected={active}
      onClick={onChoose}
    >
      <span className={styles['group']}>{finding.group}</span>
      <span className={styles['title']}>{finding.title}</span>
      {finding.keys !== undefined && <kbd>{finding.keys}</kbd>}
    </li>
  )
}
