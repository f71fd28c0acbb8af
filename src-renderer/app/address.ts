import { Type } from 'typebox'
import { parseComparison } from '../../src-shared/domain/compare/comparison.ts'
import { INTERVALS } from '../../src-shared/domain/interval.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { isoInstant } from '../../src-shared/domain/minute.ts'
import { DEFAULT_SPAN, readSpan, resolveSpan, type SpanClock } from '../../src-shared/domain/span.ts'
import { isEverything, splitName } from '../../src-shared/domain/ticket-filter.ts'
import { attempt } from '../../src-shared/domain/zone-time.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import { filterFromAddress, filterToAddress, splitFromAddress } from '../filter/filter-address.ts'
import type { DashboardController } from '../live/dashboard.ts'
import type { Notice } from '../live/dashboard-state.ts'
import type { LinkTarget } from '../live/shown-span.ts'
import { readKept, VIEWS, type View } from '../settings/preferences.ts'
import type { StateStore } from '../state-store.ts'
import { tvInFragment, withTv, type TvTheme } from '../tv/tv-address.ts'
import type { ViewState } from './workbench.ts'

/** What the fragment of the address says: the place, the view where it names one, and what of it cannot be shown. */
export interface Addressed {
  readonly place: LinkTarget
  readonly view: View | null
  readonly tv: TvTheme | null
  readonly problem: Notice | null
}

type Read<T> = { readonly value: T } | { readonly problem: Notice }

/**
 * Reads a fragment: `from=now-6h&to=now&interval=10&view=histogram&opened=…`. Whatever cannot be shown is said in a sentence,
 * and the last hour is shown in its place.
 */
export function readAddress(fragment: string, clock: SpanClock): Addressed {
  const params = new URLSearchParams(fragment)
  const [span, chosenInterval, comparison, filter, splitBy, opened, view] = [
    readSpanOf(params, clock),
    readOne(params, 'interval', (text) => INTERVALS.find((interval) => String(interval) === text)),
    readOne(params, 'compare', (text) => attempt(() => parseComparison(text))),
    readOne(params, 'only', filterFromAddress),
    readOne(params, 'split', splitFromAddress),
    readOne(params, 'opened', readInstants),
    readOne(params, 'view', (text) => VIEWS.find((name) => name === text)),
  ]
  const problems = [span, chosenInterval, comparison, filter, splitBy, opened, view].flatMap((read) =>
    'problem' in read ? [read.problem] : [],
  )
  return {
    tv: tvInFragment(fragment),
    place: {
      span: valueOf(span) ?? DEFAULT_SPAN,
      chosenInterval: valueOf(chosenInterval),
      comparison: valueOf(comparison),
      filter: valueOf(filter) ?? {},
      splitBy: valueOf(splitBy),
      opened: valueOf(opened),
    },
    view: valueOf(view),
    problem: problems[0] ?? null,
  }
}

function valueOf<T>(read: Read<T>): T | null {
  return 'value' in read ? read.value : null
}

function readSpanOf(params: URLSearchParams, clock: SpanClock) {
  const [from, to] = [params.get('from'), params.get('to')]
  if (from === null && to === null) return { value: null }
  try {
    const span = readSpan({ from: from ?? '', ...(to !== null && { to }) }, clock)
    resolveSpan(span, clock)
    return { value: span }
  } catch (error) {
    return wrong(
      toWireError(error).what,
      'The address names no other span, so the last 60 minutes are shown.',
    )
  }
}

function readOne<T>(
  params: URLSearchParams,
  key: string,
  read: (text: string) => T | null | undefined,
): Read<T | null> {
  const text = params.get(key)
  const value = text === null ? null : read(text)
  if (text !== null && (value === null || value === undefined))
    return wrong(`The address has “${text.slice(0, MAX_SHOWN)}” as ${key}.`, 'The rest of it is shown.')
  return { value: value ?? null }
}

const MAX_SHOWN = 40

function readInstants(text: string): TimeSpan | null {
  const [fromMs = Number.NaN, toMs = Number.NaN, more] = text.split('/').map((time) => Date.parse(time))
  return more === undefined && fromMs >= 0 && toMs > fromMs ? { fromMs, toMs } : null
}

function wrong(message: string, hint: string): { readonly problem: Notice } {
  return { problem: { kind: 'failed', message, hint } }
}

/** The fragment of what is shown; empty where that is what a window begins with. */
export function addressOf(
  { span, chosenInterval, comparison, filter, splitBy, opened }: Omit<LinkTarget, 'notice'>,
  view: View,
): string {
  const isDefault = span.from === DEFAULT_SPAN.from && span.to === DEFAULT_SPAN.to
  const params = new URLSearchParams(isDefault ? {} : { from: span.from, to: span.to })
  if (chosenInterval !== null) params.set('interval', String(chosenInterval))
  if (comparison !== null) params.set('compare', comparison)
  if (!isEverything(filter)) params.set('only', filterToAddress(filter))
  if (splitBy !== null) params.set('split', splitName(splitBy))
  if (opened !== null) params.set('opened', `${isoInstant(opened.fromMs)}/${isoInstant(opened.toMs)}`)
  if (view !== 'bar' || params.size > 0) params.set('view', view)
  // A fragment may hold them as they are, and people read it.
  return params.toString().replaceAll(/%(?:3A|2F|3D|2C|21)/g, decodeURIComponent)
}

/** The window's own address, and its history. */
export type Page = Pick<Window, 'addEventListener'> & {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search' | 'reload'>
  readonly history: Pick<History, 'pushState' | 'replaceState'>
}

/** Another span so soon after is the same step of the history: a key that is held would fill it. */
const STEP_MS = 250

const withoutSpan = (fragment: string): string => fragment.replaceAll(/(?:from|to)=[^&]*&?/g, '')

/**
 * Keeps what is shown in the fragment of the address, which no server sees: a link leads there, and Back and Forward work.
 * `start` is for the dashboard's first place. `now`: epoch ms of the machine.
 */
export function createAddress(page: Page, now: () => number) {
  let written = fragmentOf(page)
  let stepMs = -Infinity
  /** Of what cannot be shown as it is, no step of the history is made. */
  let isToMend = true
  let view: View | null = null

  function write(next: string): void {
    if (next === written) return
    const url = page.location.pathname + page.location.search + (next === '' ? '' : `#${next}`)
    const isSoon = now() - stepMs <= STEP_MS && withoutSpan(next) === withoutSpan(written)
    const isStep = !isToMend && !isSoon
    if (isStep) page.history.pushState(null, '', url)
    else page.history.replaceState(null, '', url)
    stepMs = isToMend ? stepMs : now()
    isToMend = false
    written = next
  }

  function read(clock: SpanClock): Addressed {
    written = fragmentOf(page)
    isToMend = true
    return readAddress(written, clock)
  }

  return {
    start: (clock: SpanClock): LinkTarget => {
      const { place, view: named, problem } = read(clock)
      view = named
      return { ...place, notice: problem }
    },

    follow(dashboard: DashboardController, views: StateStore<ViewState>): void {
      let isReading = false
      const onChange = (): void => {
        const state = dashboard.store.get()
        if (state.shown === null || isReading) return
        const named = view
        view = null
        if (named !== null && named !== views.get().view) return views.put({ view: named })
        write(withTv(addressOf(state, views.get().view), views.get().tv))
        isToMend = false
      }
      dashboard.store.subscribe(onChange)
      views.subscribe(onChange)
      onChange()
      page.addEventListener('popstate', () => {
        const params = new URLSearchParams(fragmentOf(page))
        // A new link was put into this window: what it opens is opened as by any other start.
        if (params.has('code')) return page.location.reload()
        const clock = dashboard.clock()
        if (clock === null) return
        isReading = true
        show(read(clock), dashboard, views)
        isReading = false
        onChange()
      })
    },
  }
}

function show(
  { place, view, tv, problem }: Addressed,
  dashboard: DashboardController,
  views: StateStore<ViewState>,
): void {
  views.put({ page: 'dashboard', cursor: null, view: view ?? 'bar', tv })
  dashboard.goTo({ ...place, notice: problem })
}

const KEPT = 'jira-tpm.place'
/** So long a sign-in may take. */
const KEPT_MS = 3_600_000

const Kept = Type.Object({ fragment: Type.String(), atMs: Type.Number() })

/** Keeps where a link without a session was to lead, until a link that signs in is opened in this browser. */
export function keepPlace(page: Page, storage: Pick<Storage, 'setItem'>, nowMs: number): void {
  const fragment = fragmentOf(page)
  if (fragment !== '') storage.setItem(KEPT, JSON.stringify({ fragment, atMs: nowMs }))
}

/** After a sign-in by a link that names no place of its own: leads to the one that was kept, once. */
export function returnToPlace(
  page: Page,
  storage: Pick<Storage, 'getItem' | 'removeItem'>,
  nowMs: number,
): void {
  const kept = readKept(storage, KEPT, Kept)
  storage.removeItem(KEPT)
  if (kept === null || nowMs - kept.atMs > KEPT_MS || fragmentOf(page) !== '') return
  page.history.replaceState(null, '', `${page.location.pathname}${page.location.search}#${kept.fragment}`)
}

function fragmentOf(page: Page): string {
  return page.location.hash.replace(/^#/, '')
}
