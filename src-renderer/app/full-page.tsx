import { useDashboard, useWorkbench } from './workbench.ts'
import { Button } from '../controls/button.tsx'
import icon from './icon.svg'
import styles from './full-page.module.css'

/** In place of the dashboard when this browser has no session. */
export function SignedOut(): React.ReactNode {
  return (
    <Page title="This link was used or has expired">
      <p>Each link opens the dashboard in one browser, once. Nothing is lost: tickets go on being fetched.</p>
      <p>The terminal where Jira TPM runs shows a new link. Open that one.</p>
      <Button kind="primary" onClick={() => location.reload()}>
        Try again
      </Button>
    </Page>
  )
}

/** In place of the dashboard when nothing at all could be learnt from the core. */
export function StartFailed(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const failure = useDashboard((state) => state.startFailure)
  return (
    <Page title={failure?.message ?? 'The dashboard could not start.'}>
      {failure?.hint !== '' && <p>{failure?.hint}</p>}
      <Button kind="primary" onClick={() => dashboard.reload()}>
        Try again
      </Button>
    </Page>
  )
}

function Page({ title, children }: { title: string; children: React.ReactNode }): React.ReactNode {
  return (
    <main className={styles['page']}>
      <img src={icon} width={40} height={40} alt="Jira TPM" />
      <h1>{title}</h1>
      {children}
    </main>
  )
}
