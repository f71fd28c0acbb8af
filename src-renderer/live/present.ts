import type { CountsChanged } from '../../src-shared/contract/events.ts'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import type { Overview } from '../../src-shared/contract/overview.ts'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { presentOf, type Present } from '../../src-shared/domain/now.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import { onConnected, type CoreTransport } from '../client/transport.ts'
import { createStateStore } from '../state-store.ts'
import { applyAll, applyChange, movedTo } from '../../src-shared/domain/counts.ts'
import { createRefresher } from './timers.ts'

/** How often it is looked at the clock. */
const TICK_MS = 1_000
/** Between two readings: while the newest tickets are shown, and of a screen on a wall, which is not told how the fetches go. */
const CLOSE_GAP_MS = 1_000
const GAP_MS = 20_000

/** How it is now, whatever span a person looks at. Both are null until it was read. */
export interface PresentState {
  readonly overview: Overview | null
  readonly present: Present | null
}

const NOTHING: PresentState = { overview: null, present: null }

/**
 * Keeps the present true, also of a page that is not seen: its subscribers are called at once, not with the next frame. `now`: the
 * machine's epoch ms.
 */
export function createPresentFeed(transport: CoreTransport, now: () => number) {
  const { client, connection } = transport
  const held = createHeldPresent(() => connection.get() === 'connected', now)
  let readMs = 0
  let isClose = false
  /** Whether events bring all that changes but the newest tickets. */
  let isTold = false
  /** Whether what was asked for last did not come. */
  let isBehind = true
  const refresher = createRefresher(
    async () => {
      readMs = now()
      held.expect()
      // What cannot be read is old after a while, and says so.
      isBehind = !held.take(await client.call('overview.get', {}).catch(() => null))
    },
    () => (isClose ? CLOSE_GAP_MS : GAP_MS),
  )
  const tick = (): void => {
    if (held.moveOn() || ((isBehind || !isTold) && now() - readMs >= GAP_MS)) refresher.request()
  }
  const follow = (): (() => void)[] => [
    client.on('counts.changed', (event) => {
      const isNext = held.follows(event)
      if (!isNext || isClose || !isTold) refresher.request(!isNext)
    }),
    client.on('sync.changed', (status) => {
      isTold = true
      held.change(fetchedAs(status))
    }),
    client.on('usual.changed', ({ verdict }) => held.change(() => ({ verdict }))),
    client.on('clock.changed', (clock) => held.change(() => ({ clock }))),
    client.on('session.changed', () => {
      held.forget()
      refresher.request(true)
    }),
    connection.subscribe(tick),
    onConnected(transport, () => refresher.request(true)),
  ]

  let leave: readonly (() => void)[] = []
  return {
    store: held.store,
    start(): void {
      const timer = setInterval(tick, TICK_MS)
      leave = [() => clearInterval(timer), ...follow()]
      refresher.request(true)
    },
    stop(): void {
      for (const end of leave) end()
      refresher.stop()
    },
    /** Whether the newest tickets are looked at, or their number alone. */
    lookClosely(close: boolean): void {
      isClose = close
      if (close) refresher.request(true)
    },
  }
}

/** How the fetches go, and what is known by them. */
function fetchedAs({ state, lastSuccessMs, nextMs, known, hooks = null }: SyncStatus) {
  return ({ counts }: Overview): Partial<Overview> => ({
    fetching: { state, lastSuccessMs, nextMs, hooks },
    counts: { ...counts, known },
  })
}

export type PresentFeed = ReturnType<typeof createPresentFeed>

/** What was read last, as it is now. */
function createHeldPresent(isConnected: () => boolean, now: () => number) {
  const store = createStateStore(NOTHING)
  /** How far this machine's clock is ahead of the one that fetches. */
  let aheadMs = 0
  let waiting: CountsChanged[] = []

  function show(overview: Overview): void {
    const present = presentOf(overview, now() - aheadMs)
    const shown: Present = isConnected()
      ? present
      : { ...present, freshness: 'stale', tickets: null, verdict: null }
    const last = store.get()
    if (last.overview === overview && JSON.stringify(last.present) === JSON.stringify(shown)) return
    store.put({ overview, present: shown })
  }

  return {
    store,
    /** What is committed from now on may be missing in what is read. */
    expect: (): void => void (waiting = []),
    /** False where it could not be read, or a commit is missing in it. */
    take(overview: Overview | null): boolean {
      if (overview === null) return false
      aheadMs = now() - overview.atMs
      const counts = applyAll(overview.counts, waiting)
      show(counts === 'gap' ? overview : { ...overview, counts })
      return counts !== 'gap'
    },
    change(part: (overview: Overview) => Partial<Overview>): void {
      const { overview } = store.get()
      if (overview !== null) show({ ...overview, ...part(overview) })
    },
    /** Takes a commit; false where one before it is missing. */
    follows(event: CountsChanged): boolean {
      waiting.push(event)
      const { overview } = store.get()
      if (overview === null) return true // it is being read
      const counts = applyChange(overview.counts, event)
      if (counts === 'gap') return false
      show({ ...overview, counts })
      return true
    },
    /** Goes on with the clock; says whether it cannot, since too many minutes went by. */
    moveOn(): boolean {
      const { overview } = store.get()
      if (overview === null) return false
      const { clock, counts } = overview
      const toMs = startOfMinute(minuteOf(siteTime(clock, now() - aheadMs)) + 1)
      const isOther = toMs > startOfMinute(counts.toMinute)
      const fromMs = toMs - startOfMinute(counts.toMinute - counts.fromMinute)
      const moved = isOther ? movedTo(counts, { fromMs, toMs }) : null
      show(moved === null ? overview : { ...overview, counts: moved })
      return isOther && moved === null
    },
    forget: (): void => store.set(() => NOTHING),
  }
}
