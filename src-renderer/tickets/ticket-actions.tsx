import { ArrowRight, ExternalLink } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { TicketFilter } from '../../src-shared/contract/fields.ts'
import { isEverything } from '../../src-shared/domain/ticket-filter.ts'
import type { Session, TicketsJql } from '../../src-shared/contract/tickets.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { errorText, toWireError } from '../../src-shared/errors/app-error.ts'
import { openRunsPage, useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { copyText } from '../controls/copy-button.tsx'
import { filterParams } from '../live/dashboard-state.ts'
import { moreText, type TakenTickets } from '../live/list-pages.ts'
import { isoInstant } from '../../src-shared/domain/minute.ts'
import { numberText, ticketsText } from '../live/text.ts'
import { savedKeys } from './evidence.ts'
import styles from './ticket-actions.module.css'

const JiraDifference = lazy(() =>
  import('./jira-difference.tsx').then(
    (module) => ({ default: module.JiraDifference }),
    () => ({ default: NotLoaded }),
  ),
)

interface TicketActionsProps {
  readonly part: TimeSpan
  readonly session: Session
  /** Tickets of the part; null where that is not known, or is the least that it can be. */
  readonly total: number | null
}

/** What can be done with the tickets that are listed: seen in Jira, copied, saved, audited, compared with Jira's own. */
export function TicketActions({ part, session, total }: TicketActionsProps): React.ReactNode {
  const { view } = useWorkbench()
  const isSearched = useDashboard((state) => state.search.trim() !== '')
  // What Jira is compared with is all that is watched.
  const isPart = useDashboard((state) => isSearched || !isEverything(state.filter))
  const [asks, setAsks] = useState<TimeSpan | null>(null)
  const isAsked = asks !== null && asks.fromMs === part.fromMs && asks.toMs === part.toMs
  const oneMinute = part.toMs - part.fromMs <= MS_PER_MINUTE
  return (
    <div className={styles['foot']}>
      <div className={styles['actions']}>
        {!isSearched && total !== 0 && <JiraLink part={part} total={total} />}
        <ListButtons session={session} />
        <Button kind="quiet" onClick={() => openRunsPage(view, { span: part })}>
          {oneMinute ? 'Audit this minute' : 'Audit these minutes'}
          <ArrowRight size={13} aria-hidden="true" />
        </Button>
        {!isPart && (
          <Button kind="quiet" aria-expanded={isAsked} onClick={() => setAsks(isAsked ? null : part)}>
            Compare with Jira
          </Button>
        )}
      </div>
      {isAsked && !isPart && (
        <Suspense>
          <JiraDifference key={`${part.fromMs}-${part.toMs}`} part={part} />
        </Suspense>
      )}
    </div>
  )
}

/** The way to the same tickets in Jira; of the sandbox, which has no pages, the JQL that finds them. */
function JiraLink({ part, total }: Omit<TicketActionsProps, 'session'>): React.ReactNode {
  const filter = useDashboard((state) => state.filter)
  const link = useJql(part, filter)
  const [copied, setCopied] = useState(false)
  if (link === null) return null
  const hint = `In Jira, by the clock of ${link.zone}: to an account with another zone it shows other minutes.`
  if (link.url === null) {
    return (
      <Button kind="quiet" title={hint} onClick={() => setCopied(copyText(link.jql))}>
        {copied ? 'Copied JQL' : 'Copy JQL'}
      </Button>
    )
  }
  return (
    <a className={styles['link']} href={link.url} target="_blank" rel="noreferrer" title={hint}>
      {total === null
        ? 'Open this time in Jira'
        : total === 1
          ? 'Open this 1 in Jira'
          : `Open these ${numberText(total)} in Jira`}
      <ExternalLink size={13} aria-hidden="true" />
    </a>
  )
}

/** What finds a part's tickets in Jira; null until it is known, and where Jira does not say by which clock it goes. */
function useJql({ fromMs, toMs }: TimeSpan, filter: TicketFilter): TicketsJql | null {
  const { client } = useWorkbench().transport
  const [known, setKnown] = useState<(TimeSpan & TicketsJql & { readonly of: TicketFilter }) | null>(null)
  useEffect(() => {
    // JQL cannot say which tickets runs made.
    if (filter.rehearsed !== undefined) return undefined
    let isWanted = true
    const asked = { fromMs, toMs, ...filterParams({ filter }) }
    void client.call('tickets.jql', asked).then(
      (jql) => isWanted && setKnown({ fromMs, toMs, of: filter, ...jql }),
      () => {}, // without it there is no link
    )
    return () => void (isWanted = false)
  }, [client, fromMs, toMs, filter])
  return known?.fromMs === fromMs && known.toMs === toMs && known.of === filter ? known : null
}

/** Copies and saves all that the list has, whether or not it was read so far. */
function ListButtons({ session }: { session: Session }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const list = useDashboard((state) => state.list)
  const [said, setSaid] = useState({ of: 0, text: '' })
  if (list === null || list.tickets.length === 0) return null

  async function perform(work: (taken: TakenTickets) => Promise<string>): Promise<void> {
    const of = list?.id ?? 0
    const text = await dashboard
      .allTickets()
      .then(work)
      .catch((error: unknown) => errorText(toWireError(error)))
    setSaid({ of, text })
  }
  const copyKeys = perform.bind(null, async (taken) => {
    const keys = savedKeys(taken.tickets)
    return copyText(keys)
      ? `Copied the keys of ${ticketsText(taken.tickets.length)}${moreText(taken)}`
      : 'The browser did not let it be copied'
  })
  const saveCsv = perform.bind(null, async (taken) => {
    const [{ ticketsCsv }, { saveFile }] = await Promise.all([
      import('../share/tables.ts'),
      import('../share/save.ts'),
    ])
    const name = `tickets-${isoInstant(list.span.fromMs).replaceAll(':', '')}.csv`
    saveFile(name, new Blob([ticketsCsv(taken.tickets, session.zone)], { type: 'text/csv' }))
    return `Saved ${ticketsText(taken.tickets.length)} as ${name}${moreText(taken)}`
  })
  return (
    <>
      <Button kind="quiet" onClick={() => void copyKeys()}>
        Copy keys
      </Button>
      <Button kind="quiet" onClick={() => void saveCsv()}>
        CSV
      </Button>
      <output className={styles['said']}>{said.of === list.id ? said.text : ''}</output>
    </>
  )
}

function NotLoaded(): React.ReactNode {
  return <p role="alert">It could not be loaded. Nothing was changed: load the window anew.</p>
}
