import { RefreshCw } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { syncWords } from './sync-words.ts'
import { useMachineNow } from './use-machine-now.ts'
import { useDashboard, useWorkbench } from './workbench.ts'
import styles from './status-line.module.css'

/** How fetching goes, and where the tickets are stored: the window's last line. */
export function StatusLine(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const sync = useDashboard((state) => state.sync)
  return (
    <footer className={styles['status']} data-tone={sync?.state}>
      <SyncSentence />
      {session && sync && (
        <p className={styles['store']}>
          Times in {session.zone} · {session.store.label} · {sync.storedTickets.toLocaleString('en-GB')}{' '}
          {sync.storedTickets === 1 ? 'ticket' : 'tickets'}
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
  const now = useMachineNow()
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
      <Button kind="quiet" disabled={fetching} onClick={orders.fetchNow}>
        <RefreshCw size={13} aria-hidden="true" />
        {tone === 'good' ? 'Fetch now' : 'Retry'}
      </Button>
    </>
  )
}
