import { useState } from 'react'
import type { TeamServers } from '../../src-shared/contract/desktop.ts'
import { errorText, toWireError } from '../../src-shared/errors/app-error.ts'
import type { ServersClient } from '../client/transport.ts'
import { Button } from '../controls/button.tsx'
import { hostOf } from './servers-text.ts'
import styles from './servers.module.css'
import { SignInForm } from './sign-in-form.tsx'

interface TeamAwayProps {
  readonly servers: ServersClient
  readonly state: TeamServers
}

/** In place of the dashboard: the server does not know this machine any more. What happened, and how to sign in again. */
export function TeamSignedOut({ servers, state }: TeamAwayProps): React.ReactNode {
  const { current, fault } = state
  if (current === null) return null
  return (
    <>
      <h1>{fault?.what ?? `This machine is not signed in to ${hostOf(current)}.`}</h1>
      <p>
        Nothing is lost: the server goes on fetching, and what it stored is there. To go on, ask who runs it
        for a new one-time code (<b className={styles['command']}>jira-tpm token link</b>).
      </p>
      <SignInForm servers={servers} state={state} again={current} onDone={() => {}} />
      <Ways servers={servers} />
    </>
  )
}

/** In place of the dashboard: window and server are of versions that do not understand each other. It says which side to update. */
export function TeamOutdated({ servers, state }: TeamAwayProps): React.ReactNode {
  const { fault } = state
  return (
    <>
      <h1>{fault?.what ?? 'The server is of another version than this program.'}</h1>
      <p>
        {fault?.hint} Nothing is lost: the server goes on fetching. This window tries again by itself every
        minute.
      </p>
      <Ways servers={servers} canRetry />
    </>
  )
}

function Ways({
  servers,
  canRetry = false,
}: {
  servers: ServersClient
  canRetry?: boolean
}): React.ReactNode {
  const [trouble, setTrouble] = useState('')
  const perform = (work: () => Promise<unknown>) => (): void => {
    work().then(
      () => setTrouble(''),
      (error: unknown) => setTrouble(errorText(toWireError(error))),
    )
  }
  return (
    <>
      <div className={styles['buttons']}>
        {canRetry && (
          <Button kind="primary" onClick={perform(() => servers.call('servers.retry', {}))}>
            Try again
          </Button>
        )}
        <Button onClick={perform(() => servers.call('servers.use', { url: null }))}>
          Work on this computer
        </Button>
      </div>
      {trouble !== '' && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
    </>
  )
}
