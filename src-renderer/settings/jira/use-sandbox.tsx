import { useState } from 'react'
import { Confirm } from '../../controls/confirm.tsx'
import styles from '../form/form.module.css'
import { useJiraDesk, useJiraDeskState } from './jira-desk-context.ts'
import { hostOf } from './jira-now-words.ts'

/** Asks before a Jira is left, and whether its token stays. */
export function UseSandbox({ onClose }: { onClose: () => void }): React.ReactNode {
  const desk = useJiraDesk()
  const settings = useJiraDeskState((state) => state.settings)
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
