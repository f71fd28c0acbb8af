import { Button } from '../../controls/button.tsx'
import page from '../settings-page.module.css'
import styles from './check-panel.module.css'
import { CheckSteps } from './check-steps.tsx'
import type { AnyFormState } from './form-state.ts'
import type { CheckStep, Outcome } from './outcome.ts'
import { focusProblem } from './settings-form.tsx'

interface CheckPanelProps<Id extends string> {
  /** The id of the title of what is checked. */
  readonly of: string
  readonly busy: AnyFormState['busy']
  readonly outcome: Outcome | null
  readonly steps: readonly CheckStep<Id>[]
  readonly titles: Record<Id, string>
  /** The button that goes over to what is filled in: its verb, and the same while that is under way. */
  readonly take: { readonly verb: string; readonly underWay: string; readonly disabled: boolean }
  /** Null where there is nothing that could be checked. */
  readonly onCheck: (() => void) | null
  /** What the two buttons do, as long as neither was pressed. */
  readonly about: string
  readonly onClose: () => void
}

/** Tries what is filled in, or takes it; what came of it, and how far it is. Stays in sight while the form scrolls. */
export function CheckPanel<Id extends string>(props: CheckPanelProps<Id>): React.ReactNode {
  const { of, busy, outcome, steps, titles, take, onCheck, about, onClose } = props
  const id = `${of}-check`
  return (
    <section className={`${page['section']} ${styles['panel']}`} aria-labelledby={`${of} ${id}`}>
      <h2 id={id}>Check</h2>
      <div className={styles['buttons']}>
        <Button kind="primary" type="submit" disabled={busy !== null || take.disabled}>
          {busy === 'taking' ? take.underWay : take.verb}
        </Button>
        <Button
          disabled={busy !== null || onCheck === null}
          onClick={(event) => {
            onCheck?.()
            focusProblem(event.currentTarget.form)
          }}
        >
          {busy === 'checking' ? 'Checking…' : 'Check'}
        </Button>
      </div>
      <OutcomeLine outcome={outcome} about={about} onClose={onClose} />
      <CheckSteps steps={steps} titles={titles} />
    </section>
  )
}

interface OutcomeLineProps {
  readonly outcome: Outcome | null
  readonly about: string
  readonly onClose: () => void
}

/** What became of the last attempt; always there, so that it is read out when it changes. */
function OutcomeLine({ outcome, about, onClose }: OutcomeLineProps): React.ReactNode {
  return (
    <output className={styles['outcome']} data-tone={outcome?.tone}>
      {outcome ? (
        <>
          <b>{outcome.message}</b> {outcome.hint}
          {outcome.taken && (
            <Button kind="quiet" onClick={onClose}>
              Show the chart
            </Button>
          )}
        </>
      ) : (
        about
      )}
    </output>
  )
}
