import { useEffect, useRef, useState } from 'react'
import type { Client } from '../../src-shared/contract/client.ts'
import type { RunOutline } from '../../src-shared/contract/runs/run-outlines.ts'
import type { RunRequest } from '../../src-shared/contract/runs/runs.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { MAX_PREVIEWED } from '../../src-shared/domain/run/run-bounds.ts'
import { shareOfPriorities } from '../../src-shared/domain/run/run-plan.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import { useWorkbench } from '../app/workbench.ts'
import { eitherText } from '../chart/chart-model.ts'
import { createRefresher } from '../live/timers.ts'
import { fieldMessage, peakText, type RunPreview } from './run-request.ts'

/** What the core says of a run that is asked for. */
export interface OutlineState {
  /** Null until it has been asked, and where it does not know. */
  readonly known: RunOutline | null
  /** Why such a run cannot be made, as a sentence. */
  readonly refused: string | null
}

const UNKNOWN: OutlineState = { known: null, refused: null }

/** Between two questions, while somebody types. */
const GAP_MS = 300

/** Asks the core what each run would be that is asked for, the newest at last; `show` is given what it says of that. */
export function createOutlineFeed(client: Client, show: (request: RunRequest, state: OutlineState) => void) {
  let wanted: RunRequest | null = null
  let stopped = false
  const refresher = createRefresher(async () => {
    const request = wanted
    if (request === null) return
    const state = await client.call('runs.preview', request).then(
      (known): OutlineState => ({ known, refused: null }),
      (error: unknown): OutlineState => {
        const failure = toWireError(error)
        // Of anything else it is said elsewhere, and the form goes on without.
        return failure.code === 'usage' ? { known: null, refused: fieldMessage(failure) } : UNKNOWN
      },
    )
    if (!stopped && request === wanted) show(request, state)
  }, GAP_MS)
  return {
    ask(request: RunRequest | null): void {
      wanted = request
      if (request !== null) refresher.request()
    },
    stop(): void {
      stopped = true
      refresher.stop()
    },
  }
}

/** What the core says of the run that the form asks for. */
export function useRunOutline(planned: RunPreview | null): OutlineState {
  const { client } = useWorkbench().transport
  const [answer, setAnswer] = useState<{ request: RunRequest; state: OutlineState } | null>(null)
  const feed = useRef<ReturnType<typeof createOutlineFeed>>(null)
  useEffect(() => {
    const asking = createOutlineFeed(client, (request, state) => setAnswer({ request, state }))
    feed.current = asking
    return () => asking.stop()
  }, [client])
  const request = planned !== null && planned.count <= MAX_PREVIEWED ? planned.request : null
  useEffect(() => feed.current?.ask(request), [request])
  return answer !== null && answer.request === request ? answer.state : UNKNOWN
}

/** `High or Highest`. */
export function watchedText({ watched }: Pick<Session, 'watched'>): string {
  return eitherText(watched.toReversed())
}

/**
 * How many of a run's tickets the chart will show: `32 of 100 will be High or Highest, peak 4 a minute.` As long as only the
 * weights are known, about how many; null where not even those are.
 */
export function chartedText(
  { count, request }: Pick<RunPreview, 'count' | 'request'>,
  outline: RunOutline | null,
  session: Pick<Session, 'watched' | 'projectKey'>,
): string | null {
  const names = watchedText(session)
  if (outline !== null) {
    const { planned, charted, chartedPerMinute } = outline
    if (charted === planned) return `All of them will be ${names}.`
    if (charted === 0) return `None of them will be ${names}: the chart will show none.`
    return `${numbers(charted, planned)} will be ${names}, ${peakText(chartedPerMinute)}.`
  }
  // In which projects they will be counts, too.
  if (request.replay !== undefined || (request.projects !== undefined && session.projectKey !== null))
    return null
  if (request.mix === 'watched') return `All of them will be ${names}.`
  const share = shareOfPriorities(
    session.watched.map(({ name }) => name),
    request.weights,
  )
  return share === null ? null : `About ${numbers(Math.round(share * count), count)} will be ${names}.`
}

function numbers(some: number, all: number): string {
  return `${some.toLocaleString('en-GB')} of ${all.toLocaleString('en-GB')}`
}
