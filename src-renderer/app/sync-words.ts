import type { SyncStatus } from '../../src-shared/contract/models.ts'
import { ticketsWords } from '../chart/bin-words.ts'
import { durationWords, momentWords } from '../live/time-words.ts'

export interface SyncWords {
  /** `failing` goes on by itself, `stopped` needs the person. */
  readonly tone: 'good' | 'failing' | 'stopped'
  readonly text: string
  /** Whether only another choice of the person's in the settings can help. */
  readonly toSettings: boolean
}

/** Failures of the connection itself: fetching again would fail alike. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'not-authenticated',
  'not-configured',
  'jira-untrusted',
  'secrets-unavailable',
])

/** How the fetching of tickets goes, as a sentence with numbers. `nowMs` is the machine's. */
export function syncWords(sync: SyncStatus, nowMs: number, zone: string): SyncWords {
  if (sync.state === 'stopped' || sync.state === 'failing') return failureWords(sync, nowMs, zone)
  if (sync.progress) return { tone: 'good', text: progressWords(sync.progress), toSettings: false }
  const parts = [lastWords(sync, nowMs), nextWords(sync, nowMs)]
  return { tone: 'good', text: parts.filter((part) => part !== null).join(' · '), toSettings: false }
}

/** `First fetch: 42,000 of about 1,000,000 tickets`. Jira only estimates how many there are. */
function progressWords({ done, total }: NonNullable<SyncStatus['progress']>): string {
  return `First fetch: ${numberWords(done)} of about ${ticketsWords(Math.max(done, total))}`
}

function lastWords(
  { lastSuccessMs, lastInserted, indexLagMs, storedTickets }: SyncStatus,
  nowMs: number,
): string {
  if (lastSuccessMs === null) return storedTickets === 0 ? 'Not fetched yet' : 'Not fetched since the start'
  const lag = indexLagMs === null ? '' : `, index lag ${durationWords(indexLagMs)}`
  return `Last fetch ${durationWords(nowMs - lastSuccessMs)} ago, ${numberWords(lastInserted)} new${lag}`
}

function nextWords({ state, nextMs }: SyncStatus, nowMs: number): string | null {
  if (state === 'fetching') return 'fetching now'
  return nextMs === null ? null : `next in ${durationWords(nextMs - nowMs)}`
}

function failureWords(sync: SyncStatus, nowMs: number, zone: string): SyncWords {
  const { state, failure } = sync
  const what =
    failure?.code === 'jira-unreachable'
      ? `Jira has not answered for ${durationWords(nowMs - failure.sinceMs)}.`
      : (failure?.message ?? 'Fetching has stopped.')
  const text = [
    what,
    failure?.code === 'jira-unreachable' ? '' : (failure?.hint ?? ''),
    shownWords(sync, nowMs, zone),
  ]
    .filter((part) => part !== '')
    .join(' ')
  const toSettings = failure !== null && OF_CONNECTION.has(failure.code)
  return { tone: state === 'stopped' ? 'stopped' : 'failing', text, toSettings }
}

/** What the chart shows although fetching fails. */
function shownWords(
  { lastSuccessMs, progress, storedTickets }: SyncStatus,
  nowMs: number,
  zone: string,
): string {
  if (lastSuccessMs !== null) return `Showing what was stored at ${momentWords(lastSuccessMs, zone, nowMs)}.`
  if (progress) return `${progressWords(progress)} are stored.`
  return storedTickets === 0 ? 'Nothing has been fetched yet.' : 'Showing what was stored before.'
}

function numberWords(count: number): string {
  return count.toLocaleString('en-GB')
}
