import type { SyncStatus } from '../../src-shared/contract/models.ts'
import { durationWords, timeWords } from '../live/time-words.ts'

export interface SyncWords {
  /** `failing` goes on by itself, `stopped` needs the person. */
  readonly tone: 'good' | 'failing' | 'stopped'
  readonly text: string
}

/** How the fetching of tickets goes, as a sentence with numbers. `nowMs` is the machine's. */
export function syncWords(sync: SyncStatus, nowMs: number, zone: string): SyncWords {
  if (sync.state === 'stopped' || sync.state === 'failing') return failureWords(sync, nowMs, zone)
  const parts = [
    sync.lastSuccessMs === null
      ? 'Not fetched yet'
      : `Fetched ${durationWords(nowMs - sync.lastSuccessMs)} ago, ${sync.lastInserted.toLocaleString('en-GB')} new`,
    sync.indexLagMs === null ? null : `index lag ${durationWords(sync.indexLagMs)}`,
    nextWords(sync, nowMs),
  ]
  return { tone: 'good', text: parts.filter((part) => part !== null).join(' · ') }
}

function nextWords({ state, nextMs }: SyncStatus, nowMs: number): string | null {
  if (state === 'fetching') return 'fetching now'
  return nextMs === null ? null : `next in ${durationWords(nextMs - nowMs)}`
}

function failureWords({ state, failure, lastSuccessMs }: SyncStatus, nowMs: number, zone: string): SyncWords {
  const shown =
    lastSuccessMs === null
      ? 'Nothing has been fetched yet.'
      : `Showing what was stored at ${timeWords(lastSuccessMs, zone)}.`
  const what =
    failure?.code === 'jira-unreachable'
      ? `Jira has not answered for ${durationWords(nowMs - failure.sinceMs)}.`
      : (failure?.message ?? 'Fetching has stopped.')
  const text = [what, failure?.code === 'jira-unreachable' ? '' : (failure?.hint ?? ''), shown]
    .filter((part) => part !== '')
    .join(' ')
  return { tone: state === 'stopped' ? 'stopped' : 'failing', text }
}
