import type { Session } from '../../src-shared/contract/tickets.ts'
import type { AddressState, SavedView } from '../../src-shared/contract/views.ts'
import { DEFAULT_SPAN, resolveSpan, type ChosenSpan, type SpanClock } from '../../src-shared/domain/span.ts'
import { intervalText } from '../../src-shared/domain/interval.ts'
import { commandKey } from '../app/keys.ts'
import { filterText } from '../../src-shared/domain/ticket-filter.ts'
import { filterFromAddress } from '../filter/filter-address.ts'
import { listText, spanName } from '../live/text.ts'

/** What a view holds besides what the address does: of which project and which watched values it was saved. */
const PROJECT = 'ofProject'
const WATCHED = 'ofWatched'

/** What is shown, as a view holds it: all that the address says, but for the bar that is open. */
export function viewState(fragment: string, { projectKey, watched }: Session): AddressState {
  const { opened: _opened, ...state } = Object.fromEntries(new URLSearchParams(fragment.replace(/^#/, '')))
  return {
    ...state,
    ...(projectKey !== null && { [PROJECT]: projectKey }),
    [WATCHED]: watched.map(({ id }) => id).join(' '),
  }
}

/** The address that shows a view. */
export function fragmentOf({ state }: SavedView): string {
  const { [PROJECT]: _project, [WATCHED]: _watched, ...address } = state
  return new URLSearchParams(address).toString()
}

/** Shows a view in this window, as a link to it would. */
export function openView(view: SavedView): void {
  location.hash = fragmentOf(view)
}

/** In the desktop program the first nine have a key; a browser has those for itself. */
export function viewKey(at: number): { readonly keys?: string } {
  return window.jiraTpm && at < 9 ? { keys: `${commandKey} ${at + 1}` } : {}
}

/** What a view shows, in a few words: `Last 6 h, bars of 5 min, histogram`. */
export function viewText({ state }: SavedView, clock: SpanClock): string {
  const { from = DEFAULT_SPAN.from, to = DEFAULT_SPAN.to, interval, view, only, split } = state
  const bars = interval === undefined ? [] : [`bars of ${intervalText(Number(interval))}`]
  const filter = only === undefined ? null : filterFromAddress(only)
  const fields = [...(filter ? [`only ${filterText(filter)}`] : []), ...(split ? [`by ${split}`] : [])]
  return [spanText({ from, to }, clock), ...bars, ...(view === undefined ? [] : [view]), ...fields].join(', ')
}

/** As the header calls it. One of a later version is shown as it is written. */
function spanText(span: ChosenSpan, clock: SpanClock): string {
  try {
    return spanName(span, resolveSpan(span, clock), clock.zone, clock.nowMs)
  } catch {
    return `${span.from} to ${span.to}`
  }
}

/** Why a view shows other tickets than when it was saved, as a sentence; empty where it does not. */
export function changedText({ state }: SavedView, { projectKey, watched }: Session): string {
  const { [PROJECT]: project, [WATCHED]: ids } = state
  const gone = (ids?.split(' ') ?? []).filter((id) => !watched.some((value) => value.id === id))
  if (ids !== undefined && project !== (projectKey ?? undefined)) {
    const now = projectKey === null ? 'all projects are' : `${projectKey} is`
    return `Saved of ${project === undefined ? 'all projects' : `project ${project}`}; now ${now} watched.`
  }
  if (gone.length === 0) return ''
  return `Saved when other values were watched; now ${listText(watched.map(({ name }) => name))} are.`
}
