/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/click-events-have-key-events --
 * the ARIA combobox pattern: the focus and the keys stay in the input, no tag stands for its list. */
import { useEffect, useEffectEvent, useId, useState } from 'react'
import type { Client } from '../../src-shared/contract/client.ts'
import type { TicketCursor } from '../../src-shared/contract/tickets.ts'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { passes } from '../../src-shared/domain/ticket-filter.ts'
import type { Command } from '../app/commands.ts'
import { useDashboard, useSiteNow, useWorkbench, useZone } from '../app/workbench.ts'
import { hourSpan } from '../live/calendar.ts'
import type { ListedTicket } from '../live/dashboard-state.ts'
import { findCommands, findTime, markFindings, ticketFindings, type PaletteItem } from './find.ts'
import styles from './palette.module.css'
import { SearchField } from './search-field.tsx'

interface PaletteProps {
  readonly commands: readonly Command[]
  /** What was typed. */
  readonly text: string
  /** Whether Enter was pressed before this was loaded. */
  readonly isChosen: boolean
  readonly onText: (text: string) => void
  readonly onClose: () => void
}

/** Tickets, times, saved views and commands, found by typing; arrow keys and Enter choose. */
export function Palette({ commands, text, isChosen, onText, onClose }: PaletteProps): React.ReactNode {
  const id = useId()
  const [at, setAt] = useState(0)
  const { found, note } = useFindings(commands, text)
  const active = found[Math.min(at, found.length - 1)]
  const idOf = (finding: PaletteItem): string => `${id}-${finding.id}`

  function choose(finding: PaletteItem | undefined): void {
    if (finding === undefined) return
    onClose()
    // The dialog gives the focus back as it closes; what was chosen does with it what it will after that.
    requestAnimationFrame(() => requestAnimationFrame(finding.run))
  }

  const onLoaded = useEffectEvent(() => {
    if (isChosen) choose(active)
  })
  useEffect(() => onLoaded(), [])

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
      <output className={styles['none']} hidden={note === ''}>
        {note}
      </output>
    </>
  )
}

/** What there is for a text: a time first, since it was typed as one; tickets last, since they come last. */
function useFindings(commands: readonly Command[], text: string) {
  const { dashboard } = useWorkbench()
  const clock = { nowMs: useSiteNow(), zone: useZone() }
  const marks = useDashboard((state) => state.marks)
  const showMinute = useShowMinute()
  const { tickets, state } = useTickets(text.trim())
  const time = findTime(text, clock, dashboard.showSpan)
  const found = [
    ...time.found,
    ...findCommands(commands, text),
    ...markFindings(marks, text, clock, showMinute),
    ...ticketFindings(tickets, clock, (ticket) => {
      // One that the filter leaves out would not be in the list that this leads to.
      if (!passes(ticket, dashboard.store.get().filter)) dashboard.showFields({ filter: {} })
      showMinute(ticket.createdMs)
    }),
  ]
  return { found, note: noteOf(found.length, state, time.wrong) }
}

type SearchState = 'done' | 'searching' | 'failed'

/** What is to be said besides what was found. */
function noteOf(found: number, state: SearchState, wrong: string): string {
  if (state === 'failed') return 'Tickets cannot be searched now.'
  if (found > 0) return ''
  if (wrong !== '') return wrong
  return state === 'searching' ? 'Looking for tickets…' : 'Nothing has these words.'
}

const MAX_TICKETS = 8
/** A search that finds nothing for so many pages of a long time has no end that a person waits for. */
const MAX_PAGES = 20
/** After the last key. */
const DEBOUNCE_MS = 150

interface FoundTickets {
  readonly text: string
  readonly tickets: readonly ListedTicket[]
  readonly state: SearchState
}

const NOTHING: FoundTickets = { text: '', tickets: [], state: 'done' }
const SEARCHING: FoundTickets = { ...NOTHING, state: 'searching' }

/** The newest tickets whose key or title has a text. */
function useTickets(text: string): FoundTickets {
  const { client } = useWorkbench().transport
  const [found, setFound] = useState(NOTHING)
  useEffect(() => {
    if (text === '') return undefined
    const leaving = new AbortController()
    const timer = setTimeout(() => {
      searchTickets(client, text, leaving.signal).then(
        (tickets) => leaving.signal.aborted || setFound({ text, tickets, state: 'done' }),
        () => leaving.signal.aborted || setFound({ text, tickets: [], state: 'failed' }),
      )
    }, DEBOUNCE_MS)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [client, text])
  // Those of another text are not what Enter shall choose.
  if (found.text !== text && text !== '') return SEARCHING
  return text === '' ? NOTHING : found
}

async function searchTickets(client: Client, text: string, left: AbortSignal): Promise<ListedTicket[]> {
  const asked = { fromMs: 0, toMs: EVER_MS, limit: MAX_TICKETS, search: text }
  let after: { readonly cursor?: TicketCursor } = {}
  for (let page = 0; page < MAX_PAGES && !left.aborted; page++) {
    const { tickets, cursor } = await client.call('tickets.list', { ...asked, ...after })
    if (tickets.length > 0 || cursor === null) return tickets
    after = { cursor }
  }
  return []
}

/** Later than any ticket. */
const EVER_MS = 8.64e15

/** Lists the tickets of the minute of an instant, in its hour where that is not shown. */
function useShowMinute(): (epochMs: number) => void {
  const { dashboard, view } = useWorkbench()
  return (epochMs) => {
    const { shown, session } = dashboard.store.get()
    const fromMs = startOfMinute(minuteOf(epochMs))
    const isShown = shown !== null && shown.fromMs <= fromMs && fromMs < shown.toMs
    if (!isShown) dashboard.showSpan(hourSpan(epochMs, session?.zone ?? 'UTC'))
    view.put({ page: 'dashboard', panel: 'tickets' })
    dashboard.open({ fromMs, toMs: startOfMinute(minuteOf(epochMs) + 1) })
  }
}

/** The next place in a list of `length`, round at its ends. */
function stepped(at: number, by: number, length: number): number {
  return length === 0 ? 0 : (Math.min(at, length - 1) + by + length) % length
}

interface ItemProps {
  readonly id: string
  readonly finding: PaletteItem
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
