import { useState } from 'react'
import type { TeamServer, TeamServers } from '../../src-shared/contract/desktop.ts'
import { toWireError, type FailureText } from '../../src-shared/errors/app-error.ts'
import type { Command } from '../app/commands.ts'
import { PageFrame } from '../app/page-frame.tsx'
import { useMachineNow, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { RemovalQuestion } from '../controls/removal-question.tsx'
import type { ServersClient } from '../client/transport.ts'
import { useStore } from '../state-store.ts'
import { Failure } from './failure.tsx'
import { currentServer, expiryText, hostOf, SCOPE_TEXT } from './servers-text.ts'
import styles from './servers.module.css'
import { SignInForm } from './sign-in-form.tsx'

/** Where this window works: this computer or a team server, and how to sign in to another. */
export function ServersPage({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const { servers } = useWorkbench().transport
  return (
    <PageFrame name="servers" title="Team servers" commands={commands} scrolls>
      {servers !== null && <Servers servers={servers} />}
    </PageFrame>
  )
}

function Servers({ servers }: { servers: ServersClient }): React.ReactNode {
  const state = useStore(servers.state, (known) => known)
  const [said, setSaid] = useState('')
  if (state === null) return <main className={styles['main']} />
  return (
    <main className={styles['main']}>
      <section className={styles['section']} aria-labelledby="servers-where">
        <h2 id="servers-where">Where this window works</h2>
        <Places servers={servers} state={state} onSaid={setSaid} />
        <output className={styles['said']}>{said}</output>
        {state.notice !== null && <p className={styles['said']}>{state.notice}</p>}
      </section>
      <section className={styles['section']} aria-labelledby="servers-connect">
        <h2 id="servers-connect">Connect to a team server</h2>
        <p className="quiet">
          The window then shows what the whole team sees, and needs no Jira account and no database of its
          own. The sign-in is kept in this machine’s keychain.
        </p>
        <SignInForm
          servers={servers}
          state={state}
          again={null}
          onDone={(done) => setSaid(signedInText(done))}
        />
      </section>
    </main>
  )
}

function signedInText(state: TeamServers): string {
  const server = currentServer(state)
  return server === null
    ? ''
    : `Signed in to ${hostOf(server.url)}: this machine ${SCOPE_TEXT[server.scope]} there.`
}

interface PlacesProps {
  readonly servers: ServersClient
  readonly state: TeamServers
  readonly onSaid: (text: string) => void
}

function Places({ servers, state, onSaid }: PlacesProps): React.ReactNode {
  const [failure, setFailure] = useState<FailureText | null>(null)
  const [going, setGoing] = useState<string | null | undefined>(undefined)
  async function perform(to: string | null, work: () => Promise<string>): Promise<void> {
    setGoing(to)
    setFailure(null)
    try {
      onSaid(await work())
    } catch (error) {
      setFailure(toWireError(error))
    }
    setGoing(undefined)
  }
  const use = (url: string | null) => (): void =>
    void perform(url, async () => {
      await servers.call('servers.use', { url })
      return `This window works on ${url === null ? 'this computer' : hostOf(url)} now.`
    })
  const signOut = (url: string) => (): void =>
    void perform(url, async () => {
      const { notEnded } = await servers.call('servers.signOut', { url })
      if (notEnded === null) return `Signed out of ${hostOf(url)}.`
      return `${hostOf(url)} is forgotten here, and does not know it: ${notEnded.what} Have who runs it revoke the sign-in.`
    })
  const isBusy = going !== undefined
  return (
    <>
      <ul className={styles['places']} aria-label="Servers">
        <Place
          name="This computer"
          details="Its own store, its own connection to Jira. Nothing of a server is needed."
          isCurrent={state.current === null}
          isBusy={isBusy}
          isGoing={going === null}
          onUse={use(null)}
        />
        {state.servers.map((server) => (
          <ServerPlace
            key={server.url}
            server={server}
            state={state}
            isBusy={isBusy}
            isGoing={going === server.url}
            onUse={use(server.url)}
            onSignOut={signOut(server.url)}
          />
        ))}
      </ul>
      {failure !== null && <Failure failure={failure} />}
    </>
  )
}

const CONNECTION_TEXT: Readonly<Record<TeamServers['state'], string>> = {
  connecting: 'connecting · ',
  connected: '',
  lost: 'not connected · ',
  'signed-out': 'signed out · ',
  outdated: 'of another version · ',
}

interface ServerPlaceProps {
  readonly server: TeamServer
  readonly state: TeamServers
  readonly isBusy: boolean
  readonly isGoing: boolean
  readonly onUse: () => void
  readonly onSignOut: () => void
}

function ServerPlace({ server, state, onSignOut, ...rest }: ServerPlaceProps): React.ReactNode {
  const nowMs = useMachineNow()
  const { url, name, machine, scope, expiresMs } = server
  const isCurrent = state.current === url
  const host = hostOf(url)
  const connection = isCurrent ? CONNECTION_TEXT[state.state] : ''
  return (
    <Place
      {...rest}
      name={name === host ? host : `${name} (${host})`}
      details={`${connection}${machine} ${SCOPE_TEXT[scope]} (${scope}) · ${expiryText(expiresMs, nowMs)}`}
      isCurrent={isCurrent}
      onSignOut={onSignOut}
    />
  )
}

interface PlaceProps {
  readonly name: string
  readonly details: string
  readonly isCurrent: boolean
  readonly isBusy: boolean
  readonly isGoing: boolean
  readonly onUse: () => void
  readonly onSignOut?: () => void
}

function Place({ name, details, isCurrent, isBusy, isGoing, onUse, onSignOut }: PlaceProps): React.ReactNode {
  const [asks, setAsks] = useState(false)
  return (
    <li aria-current={isCurrent || undefined}>
      <div className={styles['place']}>
        <b>{name}</b>
        <span className="quiet">{details}</span>
      </div>
      {asks && onSignOut !== undefined ? (
        <RemovalQuestion
          action="Remove"
          onKeep={() => setAsks(false)}
          onRemove={() => {
            setAsks(false)
            onSignOut()
          }}
        >
          Sign this machine out? Another code is needed to come back.
        </RemovalQuestion>
      ) : (
        <div className={styles['buttons']}>
          {isCurrent ? (
            <span className={styles['current']}>In use</span>
          ) : (
            <Button disabled={isBusy} aria-label={`Use ${name}`} onClick={onUse}>
              {isGoing ? 'Going over…' : 'Use'}
            </Button>
          )}
          {onSignOut !== undefined && (
            <Button
              kind="danger"
              disabled={isBusy}
              aria-label={`Sign out of ${name}`}
              onClick={() => setAsks(true)}
            >
              Sign out…
            </Button>
          )}
        </div>
      )}
    </li>
  )
}
