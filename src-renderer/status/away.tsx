import { lazy, Suspense, useEffect } from 'react'
import { Button } from '../controls/button.tsx'
import type { ServersClient } from '../client/transport.ts'
import { useStore } from '../state-store.ts'
import { keepPlace } from '../app/address.ts'
import styles from '../app/app.module.css'
import icon from '../app/icon.svg'
import { useWorkbench } from '../app/workbench.ts'

/** In place of the dashboard when whoever runs the core does not know this window. */
export function SignedOut(): React.ReactNode {
  const { servers } = useWorkbench().transport
  return servers === null ? <BrowserSignedOut /> : <OnTeam servers={servers} part="signed-out" />
}

function BrowserSignedOut(): React.ReactNode {
  useEffect(() => keepPlace(window, localStorage, Date.now()), [])
  return (
    <FullPage title="This browser is not signed in">
      <p>
        Each link opens the dashboard in one browser, once, and for a day at most. This one was used before,
        or what it opened has ended. Nothing is lost: tickets go on being fetched.
      </p>
      <p>
        <b className={styles['command']}>jira-tpm token link</b> makes a new link, where Jira TPM runs. Open
        that one: it leads to where this one was to.
      </p>
      <Button kind="primary" onClick={() => location.reload()}>
        Try again
      </Button>
    </FullPage>
  )
}

/** So long a screen waits, lest a server of another version has it load all the time. */
const SCREEN_RELOAD_MS = 60_000

/** In place of the dashboard when window and core are of versions that do not understand each other. */
export function Outdated({ isScreen }: { isScreen: boolean }): React.ReactNode {
  const { servers } = useWorkbench().transport
  return servers === null ? (
    <BrowserOutdated isScreen={isScreen} />
  ) : (
    <OnTeam servers={servers} part="outdated" />
  )
}

function BrowserOutdated({ isScreen }: { isScreen: boolean }): React.ReactNode {
  // Nobody is there to press the button.
  useEffect(() => {
    const timer = isScreen ? setTimeout(() => location.reload(), SCREEN_RELOAD_MS) : undefined
    return () => clearTimeout(timer)
  }, [isScreen])
  return (
    <FullPage title="Jira TPM was updated since this window was opened">
      <p>Load the window again to go on. Nothing is lost: tickets go on being fetched.</p>
      <Button kind="primary" onClick={() => location.reload()}>
        Load again
      </Button>
    </FullPage>
  )
}

/** A file of its own: only a desktop window on a team server needs it. */
const TeamSignedOut = lazy(async () => ({
  default: (await import('../servers/team-away.tsx')).TeamSignedOut,
}))
const TeamOutdated = lazy(async () => ({ default: (await import('../servers/team-away.tsx')).TeamOutdated }))

/** The same of a desktop window on a team server. */
function OnTeam({
  servers,
  part,
}: {
  servers: ServersClient
  part: 'signed-out' | 'outdated'
}): React.ReactNode {
  const state = useStore(servers.state, (known) => known)
  const Part = part === 'signed-out' ? TeamSignedOut : TeamOutdated
  return (
    <FullPage>
      <Suspense>{state !== null && <Part servers={servers} state={state} />}</Suspense>
    </FullPage>
  )
}

/** In the place of everything else. */
export function FullPage({
  title,
  children,
}: {
  title?: string
  children: React.ReactNode
}): React.ReactNode {
  return (
    <main className={styles['full-page']}>
      <img src={icon} width={40} height={40} alt="Jira TPM" />
      {title !== undefined && <h1>{title}</h1>}
      {children}
    </main>
  )
}

export function NotLoaded({ what }: { what: string }): React.ReactNode {
  return (
    <FullPage title={`The ${what} could not be loaded. Nothing was changed.`}>
      <Button kind="primary" onClick={() => location.reload()}>
        Load the window anew
      </Button>
    </FullPage>
  )
}
