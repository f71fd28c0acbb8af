import { Button } from '../controls/button.tsx'
import { CheckSteps } from './check-steps.tsx'
import { useDeskState } from './desk-context.ts'
import { isFixed } from './desk-state.ts'
import page from './settings-page.module.css'
import styles from './check-panel.module.css'

interface CheckPanelProps {
  readonly onCheck: (form: HTMLFormElement | null) => void
  readonly onClose: () => void
}

/** Tries what is filled in, or takes it; what came of it, and how far it is. Stays in sight while the form scrolls. */
export function CheckPanel({ onCheck, onClose }: CheckPanelProps): React.ReactNode {
  const busy = useDeskState((state) => state.busy)
  const fixed = useDeskState(isFixed)
  const nothing = useDeskState((state) => isFixed(state) && state.settings?.jira === null)
  return (
    <section className={`${page['section']} ${styles['panel']}`} aria-labelledby="settings-check">
      <h2 id="settings-check">Check</h2>
      <div className={styles['buttons']}>
        <Button kind="primary" type="submit" disabled={busy !== null || fixed}>
          {busy === 'connecting' ? 'Connecting…' : 'Connect'}
        </Button>
        <Button disabled={busy !== null || nothing} onClick={(event) => onCheck(event.currentTarget.form)}>
          {busy === 'checking' ? 'Checking…' : 'Check'}
        </Button>
      </div>
      <OutcomeLine onClose={onClose} />
      <CheckSteps />
    </section>
  )
}

/** What became of the last attempt; always there, so that it is read out when it changes. */
function OutcomeLine({ onClose }: { onClose: () => void }): React.ReactNode {
  const outcome = useDeskState((state) => state.outcome)
  return (
    <output className={styles['outcome']} data-tone={outcome?.tone}>
      {outcome ? (
        <>
          <b>{outcome.message}</b> {outcome.hint}
          {outcome.connected && (
            <Button kind="quiet" onClick={onClose}>
              Show the chart
            </Button>
          )}
        </>
      ) : (
        'Connect goes through the same steps as Check, and changes nothing where one fails.'
      )}
    </output>
  )
}
