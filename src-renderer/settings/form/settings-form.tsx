import {
  CircleCheck,
  CircleDashed,
  CircleMinus,
  CircleX,
  LoaderCircle,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react'
import { Button } from '../../controls/button.tsx'
import page from '../settings-page.module.css'
import { stateText, type AnyFormState, type CheckStep, type AttemptOutcome } from './form-state.ts'
import styles from './form.module.css'

interface SettingsFormProps {
  readonly label: string
  /** What is filled in. */
  readonly children: React.ReactNode
  /** How an attempt with it goes. */
  readonly check: React.ReactNode
  readonly onSubmit: () => void
}

/** Told apart by their shapes; colour only helps. */
const signs: Record<CheckStep['state'], LucideIcon> = {
  waiting: CircleDashed,
  running: LoaderCircle,
  ok: CircleCheck,
  warning: TriangleAlert,
  failed: CircleX,
  'not-tried': CircleMinus,
}

/** A form of the settings, and beside it how an attempt with it goes. */
export function SettingsForm({ label, children, check, onSubmit }: SettingsFormProps): React.ReactNode {
  return (
    <form
      className={page['columns']}
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
        focusProblem(event.currentTarget)
      }}
    >
      <div className={styles['sections']}>{children}</div>
      {check}
    </form>
  )
}

/** Whoever sent something that cannot be taken goes on where it is. */
function focusProblem(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid]')?.focus())
}

interface CheckPanelProps<Id extends string> {
  /** The id of the title of what is checked. */
  readonly of: string
  readonly busy: AnyFormState['busy']
  readonly outcome: AttemptOutcome | null
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
  readonly outcome: AttemptOutcome | null
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

interface CheckStepsProps<Id extends string> {
  readonly steps: readonly CheckStep<Id>[]
  readonly titles: Record<Id, string>
}

/** Everything that is needed, from the first to the last, and how far the check is. */
function CheckSteps<Id extends string>({ steps, titles }: CheckStepsProps<Id>): React.ReactNode {
  return (
    <ol aria-label="Steps">
      {steps.map((step) => (
        <Step key={step.id} step={step} title={titles[step.id]} />
      ))}
    </ol>
  )
}

function Step({ step, title }: { step: CheckStep; title: string }): React.ReactNode {
  const { state, message, hint } = step
  const Sign = signs[state]
  return (
    <li className={styles['step']} data-state={state}>
      <Sign size={16} strokeWidth={1.75} aria-hidden="true" />
      <div>
        <p className={styles['title']}>
          {title}
          <span className="unseen">: {stateText(state)}. </span>
        </p>
        <p className={styles['message']}>
          {state === 'not-tried' && message === '' ? 'Not tried.' : message}
        </p>
        {hint !== '' && <p className={styles['hint']}>{hint}</p>}
      </div>
    </li>
  )
}
