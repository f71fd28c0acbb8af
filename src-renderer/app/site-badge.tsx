import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import type { ConnectionState } from '../client/transport.ts'
import { durationText } from '../live/text.ts'
import styles from './site-badge.module.css'
import { useConnection, useDashboard, useMachineNow, useStoreFails } from './workbench.ts'

/** Fetches may be so long apart before anything is wrong, or twice as long as they are meant to be. */
const LATE_MS = 30_000
/** After so long without a fetch what is shown is not live. */
const STALE_MS = 120_000

/** Which Jira is watched, and whether what is shown of it is live. */
export function SiteBadge(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  if (session === null) return <p className={styles['badge']} />
  return (
    <p className={styles['badge']} title={session.site.label}>
      <span className={styles['label']}>
        {session.site.label}
        {session.projectKey !== null && ` · ${session.projectKey}`}
      </span>
      <Live />
    </p>
  )
}

function Live(): React.ReactNode {
  const sync = useDashboard((state) => state.sync)
  const storeFails = useStoreFails()
  const connection = useConnection()
  const { tone, text } = liveness({ sync, storeFails, connection }, useMachineNow())
  return (
    <span className={styles['live']}>
      <span className={styles['dot']} data-tone={tone} />
      {text}
    </span>
  )
}

interface Sources {
  readonly sync: SyncStatus | null
  readonly storeFails: boolean
  readonly connection: ConnectionState
}

/** `late` goes on by itself; what is `stale` is not what Jira has now. */
interface Liveness {
  readonly tone: 'live' | 'late' | 'stale' | 'unknown'
  readonly text: string
}

/** Whether what is shown is live, in a word or two: `Live 4 s`. `nowMs` is the machine's. */
export function liveness({ sync, storeFails, connection }: Sources, nowMs: number): Liveness {
  if (connection !== 'connected') return { tone: 'stale', text: 'Not connected' }
  if (sync === null) return { tone: 'unknown', text: '' }
  const { state, lastSuccessMs, nextMs } = sync
  if (lastSuccessMs === null) {
    if (state === 'stopped') return { tone: 'stale', text: 'Not fetching' }
    if (state === 'failing' || storeFails) return { tone: 'late', text: 'Not fetched yet' }
    return { tone: 'unknown', text: sync.progress ? 'First fetch' : 'Not fetched yet' }
  }
  const ageMs = Math.max(0, nowMs - lastSuccessMs)
  const age = durationText(ageMs)
  const meantMs = state === 'idle' && nextMs !== null ? nextMs - lastSuccessMs : 0
  if (state === 'stopped' || ageMs > Math.max(STALE_MS, 2 * meantMs)) {
    return { tone: 'stale', text: `Not live for ${age}` }
  }
  if (storeFails || ageMs > Math.max(LATE_MS, 2 * meantMs)) return { tone: 'late', text: `Late, ${age}` }
  return { tone: 'live', text: `Live ${age}` }
}
