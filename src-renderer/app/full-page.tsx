import { useDashboard, useWorkbench } from './workbench.ts'
import type { Command } from './commands.ts'
import { useKeys } from './keys.ts'
import { Button } from '../controls/button.tsx'
import icon from './icon.svg'
import { StoreAction, useStoreText } from './store-status.tsx'
import styles from './full-page.module.css'
import { messageOf } from '../../src-shared/errors/app-error.ts'

/** In place of the dashboard when this browser has no session. */
export function SignedOut(): React.ReactNode {
  return (
    <FullPage title="This browser is not signed in">
      <p>
        Each link opens the dashboard in one browser, once, and for a day at most. This one was used before,
        or what it opened has ended. Nothing is lost: tickets go on being fetched.
      </p>
      <p>
        <b className={styles['command']}>jira-tpm token link</b> makes a new link, where Jira TPM runs. Open
        that one.
      </p>
      <Button kind="primary" onClick={() => location.reload()}>
        Try again
      </Button>
    </FullPage>
  )
}

/** In place of the dashboard when Jira TPM was updated while this window stayed open. */
export function Outdated(): React.ReactNode {
  return (
    <FullPage title="Jira TPM was updated since this window was opened">
      <p>Load the window again to go on. Nothing is lost: tickets go on being fetched.</p>
      <Button kind="primary" onClick={() => location.reload()}>
        Load again
      </Button>
    </FullPage>
  )
}

/** In place of the dashboard when nothing at all could be learnt from the core. */
export function StartFailed({ commands }: { commands: readonly Command[] }): React.ReactNode {
  useKeys(commands, () => {})
  const { dashboard, view } = useWorkbench()
  const failure = useDashboard((state) => state.startFailure)
  const canFallBack = useDashboard((state) => state.storeStatus?.canFallBack)
  return (
    <FullPage title={failure ? messageOf(failure) : 'The dashboard could not start.'}>
      {failure?.hint !== '' && <p>{failure?.hint}</p>}
      <StoreAway />
      <div className={styles['buttons']}>
        <StoreAction kind="primary" />
        <Button kind={canFallBack ? 'plain' : 'primary'} onClick={() => dashboard.reload()}>
          Try again
        </Button>
        <Button onClick={() => view.put({ page: 'settings' })}>Settings</Button>
      </div>
    </FullPage>
  )
}

/** Where a store that is out of reach keeps the dashboard from starting: for how long, and that it opens by itself. */
function StoreAway(): React.ReactNode {
  const store = useStoreText()
  const comesBack = useDashboard((state) => state.storeStatus?.canFallBack)
  return store && comesBack && <p>This has lasted {store.lasts}. The dashboard opens by itself after it.</p>
}

/** In the place of everything else. */
export function FullPage({ title, children }: { title: string; children: React.ReactNode }): React.ReactNode {
  return (
    <main className={styles['page']}>
      <img src={icon} width={40} height={40} alt="Jira TPM" />
      <h1>{title}</h1>
      {children}
    </main>
  )
}
