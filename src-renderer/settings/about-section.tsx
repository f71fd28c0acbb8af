import { ticketsWords } from '../chart/chart-text.ts'
import { Button } from '../controls/button.tsx'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import styles from './settings-page.module.css'

/** What this program is, and where it keeps what it fetched. */
export function AboutSection(): React.ReactNode {
  const { signOut } = useWorkbench().door
  const session = useDashboard((state) => state.session)
  const stored = useDashboard((state) => state.sync?.storedTickets)
  return (
    <section className={styles['section']} aria-labelledby="settings-about">
      <h2 id="settings-about">About</h2>
      <dl className={styles['facts']}>
        <dt>Version</dt>
        <dd>{session?.version ?? '–'}</dd>
        <dt>Store</dt>
        <dd>{session?.store.label ?? '–'}</dd>
        <dt>Data</dt>
        <dd>
          {stored === undefined ? '–' : `${ticketsWords(stored)} of ${session?.site.label ?? 'this Jira'}`}
        </dd>
      </dl>
      {signOut !== null && <Button onClick={signOut}>Sign this browser out</Button>}
    </section>
  )
}
