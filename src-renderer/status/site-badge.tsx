import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { freshness, type Freshness } from '../../src-shared/domain/now.ts'
import type { ConnectionState } from '../../src-shared/contract/wire.ts'
import { durationText } from '../live/text.ts'
import styles from './site-badge.module.css'
import { useConnection, useDashboard, useMachineNow, useStoreFails } from '../app/workbench.ts'

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

interface Liveness {
  readonly tone: Freshness
  readonly text: string
}

/** Whether what is shown is live, in a word or two: `Live 4 s`. `nowMs` is the machine's. */
export function liveness({ sync, storeFails, connection }: Sources, nowMs: number): Liveness {
  if (connection !== 'connected') return { tone: 'stale', text: 'Not connected' }
  if (sync === null) return { tone: 'unknown', text: '' }
  const fresh = freshness(sync, nowMs)
  if (sync.lastSuccessMs === null) {
    if (fresh === 'stale') return { tone: 'stale', text: 'Not fetching' }
    if (fresh === 'late' || storeFails) return { tone: 'late', text: 'Not fetched yet' }
    return { tone: 'unknown', text: sync.progress ? 'First fetch' : 'Not fetched yet' }
  }
  const age = durationText(nowMs - sync.lastSuccessMs)
  if (fresh === 'stale') return { tone: 'stale', text: `Not live for ${age}` }
  if (storeFails || fresh === 'late') return { tone: 'late', text: `Late, ${age}` }
  return { tone: 'live', text: `Live ${age}` }
}
