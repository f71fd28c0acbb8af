import { CircleCheck, CircleDashed, CircleMinus, CircleX, LoaderCircle, TriangleAlert } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import styles from './check-steps.module.css'
import { stateWords, type CheckStep } from './outcome.ts'

/** Told apart by their shapes; colour only helps. */
const signs: Record<CheckStep['state'], LucideIcon> = {
  waiting: CircleDashed,
  running: LoaderCircle,
  ok: CircleCheck,
  warning: TriangleAlert,
  failed: CircleX,
  'not-tried': CircleMinus,
}

interface CheckStepsProps<Id extends string> {
  readonly steps: readonly CheckStep<Id>[]
  readonly titles: Record<Id, string>
}

/** Everything that is needed, from the first to the last, and how far the check is. */
export function CheckSteps<Id extends string>({ steps, titles }: CheckStepsProps<Id>): React.ReactNode {
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
          <span className="unseen">: {stateWords(state)}. </span>
        </p>
        <p className={styles['message']}>
          {state === 'not-tried' && message === '' ? 'Not tried.' : message}
        </p>
        {hint !== '' && <p className={styles['hint']}>{hint}</p>}
      </div>
    </li>
  )
}
