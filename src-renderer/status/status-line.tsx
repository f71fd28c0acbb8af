import { RefreshCw } from 'lucide-react'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import type { Session, SyncStatus } from '../../src-shared/contract/tickets.ts'
import { siteTime, type SiteClock } from '../../src-shared/domain/site-clock.ts'
import { Button } from '../controls/button.tsx'
import type { ServersClient } from '../client/transport.ts'
import { currentServer, hostOf, SCOPE_TEXT } from '../servers/servers-text.ts'
import { useStore } from '../state-store.ts'
import { HooksStatus } from './hooks-status.tsx'
import { durationText, momentText, numberText, ticketsText } from '../live/text.ts'
import styles from './status-line.module.css'
import { ZoneChoice } from './zone-choice.tsx'
import { useConnection, useDashboard, useMachineNow, useMay, useWorkbench } from '../app/workbench.ts'

/** Failures of the connection itself: fetching again would fail alike. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'not-authenticated',
  'not-configured',
  'jira-untrusted',
  'secrets-unavailable',
])

/** Clocks of servers are seconds apart, and nobody needs to know. */
const NOTABLE_AHEAD_MS = 120_000

/** How fetching goes, and where the tickets are stored: the window's last line. */
export function StatusLine(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const sync = useDashboard((state) => state.sync)
  // Of a store that has not been read yet it is not known how many tickets it has.
  const isRead = useDashboard(({ counts, storeStatus }) => counts !== null || !storeStatus?.failure)
  const waits = useStoreWait()
  const isLost = useConnection() !== 'connected'
  const tone = waits === null ? sync?.state : 'failing'
  return (
    <footer className={styles['status']} data-tone={isLost ? undefined : tone}>
      <SyncSentence />
      <HooksStatus />
      {session && sync && (
        <p className={styles['store']}>
          <TeamPlace />
          <ZoneChoice />
          <ClockAhead clock={session.clock} /> ·{' '}
          <span className={styles['label']} title={session.store.label}>
            {session.store.label}
          </span>
          {isRead && sync.failure?.code !== 'tables-missing' && ` · ${ticketsText(sync.storedTickets)}`}
        </p>
      )}
    </footer>
  )
}

/** On which team server the window works. */
function TeamPlace(): React.ReactNode {
  const { servers } = useWorkbench().transport
  return servers === null ? null : <TeamPlaceOf servers={servers} />
}

function TeamPlaceOf({ servers }: { servers: ServersClient }): React.ReactNode {
  const { view } = useWorkbench()
  const server = useStore(servers.state, currentServer)
  if (server === null) return null
  return (
    <>
      <Button kind="quiet" title={SCOPE_TEXT[server.scope]} onClick={() => view.put({ page: 'servers' })}>
        {hostOf(server.url)} ({server.scope})
      </Button>
      {' · '}
    </>
  )
}

/** A compressed run moved the sandbox's clock on: its times are ahead of anybody's watch. */
function ClockAhead({ clock }: { clock: SiteClock }): React.ReactNode {
  const text = aheadText(clock, useMachineNow())
  return text === '' ? null : <span title="A compressed run moved the sandbox's clock on.">{text}</span>
}

/** ` (its clock is 52 min ahead)`; nothing where a site's clock is about the machine's. */
export function aheadText(clock: SiteClock, machineMs: number): string {
  return isAhead(clock, machineMs)
    ? ` (its clock is ${durationText(siteTime(clock, machineMs) - machineMs)} ahead)`
    : ''
}

function isAhead(clock: SiteClock, machineMs: number): boolean {
  return siteTime(clock, machineMs) - machineMs >= NOTABLE_AHEAD_MS
}

function SyncSentence(): React.ReactNode {
  const { orders, view } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const sync = useDashboard((state) => state.sync)
  const fetching = useDashboard((state) => state.pending.includes('fetch'))
  const mayFetch = useMay('run')
  const waits = useStoreWait()
  const isLost = useConnection() !== 'connected'
  const now = useMachineNow()
  if (isLost && session && sync)
    return <p className={styles['sentence']}>{knownFetchText(sync, now, session.zone)}</p>
  if (waits !== null) return <p className={styles['sentence']}>{waits}</p>
  if (session === null || sync === null) return <p className={styles['sentence']}>Opening…</p>
  const { tone, text, toSettings } = syncText(sync, now, session)
  return (
    <>
      <p className={styles['sentence']} title={text}>
        {text}
      </p>
      {toSettings && (
        <Button kind="quiet" onClick={() => view.put({ page: 'settings' })}>
          Settings
        </Button>
      )}
      {mayFetch && (
        <Button kind="quiet" disabled={fetching} onClick={orders.fetchNow}>
          <RefreshCw size={13} aria-hidden="true" />
          {tone === 'good' ? 'Fetch now' : 'Retry'}
        </Button>
      )}
    </>
  )
}

function useStoreWait(): string | null {
  return useDashboard(({ sync, storeStatus, storeBackMs }) => storeWaitText(sync, storeStatus, storeBackMs))
}

interface SyncText {
  /** `failing` goes on by itself, `stopped` needs the person. */
  readonly tone: 'good' | 'failing' | 'stopped'
  readonly text: string
  /** Whether only another choice of the person's in the settings can help. */
  readonly toSettings: boolean
}

/**
 * What is said of fetching while it fails for no other reason than that the store is, or just was, out of reach: that
 * says so itself. Null where there is more to say. `storeBackMs` is when the store could be used again.
 */
export function storeWaitText(
  sync: SyncStatus | null,
  store: StoreStatus | null,
  storeBackMs: number | null,
): string | null {
  const failure = sync?.failure ?? null
  const ofStore =
    failure !== null && (failure.code.startsWith('store-') || failure.code === store?.failure?.code)
  if (store?.failure) return failure === null || ofStore ? 'Fetching waits for the store.' : null
  const isOver = ofStore && storeBackMs !== null && failure.sinceMs <= storeBackMs
  return isOver ? 'Fetching goes on in a moment.' : null
}

/** How the fetching of tickets goes, as a sentence with numbers. `nowMs` is the machine's. */
export function syncText(
  sync: SyncStatus,
  nowMs: number,
  { zone, clock }: Pick<Session, 'zone' | 'clock'>,
): SyncText {
  if (sync.state === 'stopped' || sync.state === 'failing') return failureText(sync, nowMs, zone)
  if (sync.progress) return { tone: 'good', text: progressText(sync, sync.progress), toSettings: false }
  const parts = [lastText(sync, nowMs, clock), nextText(sync, nowMs), cutOffText(sync, nowMs, zone)]
  return { tone: 'good', text: parts.filter((part) => part !== null).join(' · '), toSettings: false }
}

type Progress = NonNullable<SyncStatus['progress']>

/** `First fetch: 42,000 of about 1,000,000 tickets`. Jira only estimates how many there are. */
function progressText({ by }: SyncStatus, { done, total }: Progress): string {
  return `First fetch${byText(by)}: ${numberText(done)} of about ${ticketsText(Math.max(done, total))}`
}

/** Who fetches, where it is not this machine. */
function byText(by: string | null): string {
  return by === null ? '' : ` by ${by}`
}

function lastText(
  { by, lastSuccessMs, lastInserted, indexLagMs, storedTickets }: SyncStatus,
  nowMs: number,
  clock: SiteClock,
): string {
  if (lastSuccessMs === null) return storedTickets === 0 ? 'Not fetched yet' : 'Not fetched since the start'
  // It was measured by a clock that a compressed run lets go faster than anybody's watch.
  const whose = isAhead(clock, nowMs) ? ' in site time' : ''
  const lag = indexLagMs === null ? '' : `, index lag ${durationText(indexLagMs)}${whose}`
  const ago = `${durationText(nowMs - lastSuccessMs)} ago${byText(by)}`
  return `Last fetch ${ago}, ${numberText(lastInserted)} new${lag}`
}

/** What stays true of fetching while whoever does it is out of reach. */
export function knownFetchText({ lastSuccessMs }: SyncStatus, nowMs: number, zone: string): string {
  return lastSuccessMs === null
    ? 'No fetch is known'
    : `Last known fetch: ${momentText(lastSuccessMs, zone, nowMs)}`
}

/** Why another machine fetches. */
function cutOffText({ by, cutOff }: SyncStatus, nowMs: number, zone: string): string | null {
  return by === null || !cutOff
    ? null
    : `this machine did not reach Jira at ${momentText(cutOff.sinceMs, zone, nowMs)}, so ${by} took over`
}

function nextText({ by, lastSuccessMs, state, nextMs }: SyncStatus, nowMs: number): string | null {
  const who = lastSuccessMs === null ? byText(by) : ''
  if (state === 'fetching') return `fetching now${who}`
  return nextMs === null ? null : `next in ${durationText(nextMs - nowMs)}${who}`
}

function failureText(sync: SyncStatus, nowMs: number, zone: string): SyncText {
  const { by, state, failure } = sync
  const what =
    failure?.code === 'jira-unreachable'
      ? `Jira has not answered${by === null ? '' : ` ${by}`} for ${durationText(nowMs - failure.sinceMs)}.`
      : (by === null ? '' : `${by} cannot fetch: `) + (failure?.message ?? 'Fetching has stopped.')
  const text = [
    what,
    failure?.code === 'jira-unreachable' ? '' : (failure?.hint ?? ''),
    shownText(sync, nowMs, zone),
  ]
    .filter((part) => part !== '')
    .join(' ')
  // Another machine's connection is not set here.
  const toSettings = failure !== null && by === null && OF_CONNECTION.has(failure.code)
  return { tone: state === 'stopped' ? 'stopped' : 'failing', text, toSettings }
}

/** What the chart shows although fetching fails. */
function shownText(sync: SyncStatus, nowMs: number, zone: string): string {
  const { lastSuccessMs, progress, storedTickets, failure } = sync
  if (failure?.code === 'tables-missing') return ''
  if (lastSuccessMs !== null) return `Showing what was stored at ${momentText(lastSuccessMs, zone, nowMs)}.`
  if (progress) return `${progressText(sync, progress)} are stored.`
  return storedTickets === 0 ? 'Nothing has been fetched yet.' : 'Showing what was stored before.'
}
