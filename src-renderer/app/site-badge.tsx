import { useConnection, useDashboard } from './workbench.ts'
import styles from './site-badge.module.css'

/** Which Jira and which project are watched, and by a dot whether tickets come in. */
export function SiteBadge(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const syncState = useDashboard((state) => state.sync?.state)
  const storeFails = useDashboard((state) => Boolean(state.storeStatus?.failure))
  const connection = useConnection()
  if (session === null) return <p className={styles['badge']} />
  const state = connection !== 'connected' ? 'stopped' : storeFails ? 'failing' : syncState
  return (
    <p className={styles['badge']} title={session.site.label}>
      <span className={styles['dot']} data-state={state} />
      <span className={styles['label']}>
        {session.site.label}
        {session.projectKey !== null && ` · ${session.projectKey}`}
      </span>
    </p>
  )
}
