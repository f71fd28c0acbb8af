import { useState } from 'react'
import { Button } from '../../controls/button.tsx'
import styles from '../form/form.module.css'
import page from '../settings-page.module.css'
import { useJiraDeskState } from './jira-desk-context.ts'
import { nowWords } from './jira-now-words.ts'
import { UseSandbox } from './use-sandbox.tsx'

/** The Jira that is set, where its token is, and why it is not open or cannot be changed here. */
export function JiraNow(): React.ReactNode {
  const settings = useJiraDeskState((state) => state.settings)
  const busy = useJiraDeskState((state) => state.busy)
  const [asking, setAsking] = useState(false)
  if (settings === null) return <div className={styles['now']} />
  const { failure, fixedBy, jira, secrets, tokenIn } = settings
  return (
    <div className={styles['now']}>
      <p>{nowWords(settings)}</p>
      {fixedBy !== null && (
        <p className={page['quiet']}>
          Fixed by {fixedBy}: start Jira TPM without it to choose another one here.
        </p>
      )}
      {secrets.problem !== null && tokenIn !== 'environment' && (
        <p className={styles['warning']}>{secrets.problem}</p>
      )}
      {failure && (
        <p className={styles['failure']}>
          <b>{failure.message}</b> {failure.hint}
        </p>
      )}
      {jira !== null && fixedBy === null && (
        <Button kind="quiet" disabled={busy !== null} onClick={() => setAsking(true)}>
          Use the sandbox
        </Button>
      )}
      {asking && <UseSandbox onClose={() => setAsking(false)} />}
    </div>
  )
}
