import { RefreshCw } from 'lucide-react'
import { ticketsWords } from '../chart/bin-words.ts'
import { Button } from '../controls/button.tsx'
import { storeWaitWords, syncWords } from './sync-words.ts'
import { useMachineNow } from './use-machine-now.ts'
import { useDashboard, useMay, useWorkbench } from './workbench.ts'
import styles from './status-line.module.css'

/** How fetching goes, and where the tickets are stored: the window's last line. */
export function StatusLine(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const sync = useDashboard((state) => state.sync)
  // Of a store that has not been read yet nobody knows how many tickets it has.
  const isRead = useDashboard(({ counts, storeStatus }) => counts !== null || !storeStatus?.failure)
  const waits = useStoreWait()
  return (
    <footer className={styles['status']} data-tone={waits === null ? sync?.state : 'failing'}>
      <SyncSentence />
      {session && sync && (
        <p className={styles['store']}>
          Times in {session.zone} ·{' '}
          <span className={styles['label']} title={session.store.label}>
            {session.store.label}
          </span>
          {isRead && sync.failure?.code !== 'tables-missing' && ` · ${ticketsWords(sync.storedTickets)}`}
        </p>
      )}
    </footer>
  )
}

function SyncSentence(): React.ReactNode {
  const { orders, view } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const sync = useDashboard((state) => state.sync)
  const fetching = useDashboard((state) => state.pending.includes('fetch'))
  const mayFetch = useMay('run')
  const waits = useStoreWait()
  const now = useMachineNow()
  if (waits !== null) return <p className={styles['sentence']}>{waits}</p>
  if (session === null || sync === null) return <p className={styles['sentence']}>Opening…</p>
  const { tone, text, toSettings } = syncWords(sync, now, session.zone)
  return (
    <>
      <p className={styles['sentence']} title={text}>
        {text}
      </p>
      {toSettings && (
        <Button kind="quiet" onClick={() => view.set((state) => ({ ...state, page: 'settings' }))}>
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
  return useDashboard(({ sync, storeStatus, storeBackMs }) => storeWaitWords(sync, storeStatus, storeBackMs))
}
