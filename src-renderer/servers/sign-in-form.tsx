import { useState } from 'react'
import type { TeamServers } from '../../src-shared/contract/desktop.ts'
import { toWireError, type WireError } from '../../src-shared/errors/app-error.ts'
import { Button } from '../controls/button.tsx'
import { TextField } from '../controls/field.tsx'
import type { ServersClient } from '../client/transport.ts'
import { Failure } from './failure.tsx'
import styles from './servers.module.css'

interface SignInFormProps {
  readonly servers: ServersClient
  readonly state: TeamServers
  /** The server that is signed in to again; null: another one. */
  readonly again: string | null
  readonly onDone: (state: TeamServers) => void
}

/** Signs in to a team server by its address and a one-time code, or by the link that holds both. */
export function SignInForm(props: SignInFormProps): React.ReactNode {
  const { servers } = props
  const form = useSignIn(props)
  const { address, code, machine, caFile, hasCode, change } = form
  return (
    <form
      className={styles['form']}
      aria-label="Sign in to a team server"
      onSubmit={(event) => {
        event.preventDefault()
        void form.signIn()
      }}
    >
      <TextField
        label="Address, or the link that you were given"
        hint="As https://tpm.example.com. Who runs the server makes a link or a code."
        value={address}
        maxLength={2_048}
        inputMode="url"
        onChange={(event) => change({ address: event.target.value })}
      />
      <TextField
        label="One-time code"
        hint={hasCode ? 'It is in the link.' : 'Good once, and for a few minutes.'}
        value={hasCode ? '' : code}
        disabled={hasCode}
        maxLength={256}
        onChange={(event) => change({ code: event.target.value })}
      />
      <TextField
        label="What this machine is called there"
        value={machine}
        maxLength={64}
        onChange={(event) => change({ machine: event.target.value })}
      />
      <CaFileField value={caFile} servers={servers} onChange={(file) => change({ caFile: file })} />
      <div>
        <Button kind="primary" type="submit" disabled={!form.isWhole}>
          {form.isBusy ? 'Connecting…' : 'Connect'}
        </Button>
      </div>
      {form.failure !== null && <Failure failure={form.failure} />}
    </form>
  )
}

/** What is typed, and the sign-in by it. A link has the code in its fragment. */
function useSignIn({ servers, state, again, onDone }: SignInFormProps) {
  const machineThere = state.servers.find(({ url }) => url === again)?.machine
  const [typed, setTyped] = useState({
    address: again ?? '',
    code: '',
    machine: machineThere ?? state.machine,
    caFile: '',
  })
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<WireError | null>(null)
  const { address, code, machine, caFile } = typed
  const hasCode = address.includes('#')
  const change = (part: Partial<typeof typed>): void => setTyped((last) => ({ ...last, ...part }))
  const isFilled = address.trim() !== '' && machine.trim() !== '' && (hasCode || code.trim() !== '')

  async function signIn(): Promise<void> {
    setBusy(true)
    setFailure(null)
    try {
      const asked = { address, code: hasCode ? null : code.trim(), machine, caFile: caFile.trim() || null }
      onDone(await servers.call('servers.signIn', asked))
      change({ address: '', code: '' })
    } catch (error) {
      setFailure(toWireError(error))
    }
    setBusy(false)
  }
  return { ...typed, hasCode, change, signIn, isBusy, isWhole: isFilled && !isBusy, failure }
}

interface CaFileFieldProps {
  readonly value: string
  readonly servers: ServersClient
  readonly onChange: (file: string) => void
}

function CaFileField({ value, servers, onChange }: CaFileFieldProps): React.ReactNode {
  async function choose(): Promise<void> {
    const { file } = await servers.call('servers.chooseCaFile', {})
    if (file !== null) onChange(file)
  }
  return (
    <div className={styles['file']}>
      <TextField
        label="CA file"
        hint="Only where the server’s certificate is of your company’s own authority (PEM)."
        value={value}
        maxLength={4_096}
        onChange={(event) => onChange(event.target.value)}
      />
      <Button onClick={() => void choose()}>Choose…</Button>
    </div>
  )
}
