import { useState } from 'react'
import { Confirm } from '../controls/confirm.tsx'
import { useDesk, useDeskState } from './desk-context.ts'
import { hostOf } from './jira-now-words.ts'
import styles from './connection-form.module.css'

/** Asks before a Jira is left, and whether its token stays. */
export function UseSandbox({ onClose }: { onClose: () => void }): React.ReactNode {
  const desk = useDesk()
  const settings = useDeskState((state) => state.settings)
  const [forget, setForget] = useState(false)
  const host = hostOf(settings?.jira?.url ?? '')
  return (
    <Confirm
      title="Go back to the sandbox?"
      action="Use the sandbox"
      keep="Stay connected"
      onConfirm={() => desk.leave(forget)}
      onClose={onClose}
    >
      Nothing more is fetched from {host}. What was fetched stays stored, and is there again when you connect
      again.
      {(settings?.tokenIn === 'keychain' || settings?.tokenIn === 'safe-storage') && (
        <label className={styles['check']}>
          <input type="checkbox" checked={forget} onChange={(event) => setForget(event.target.checked)} />
          Delete its token from this computer, too
        </label>
      )}
    </Confirm>
  )
}
