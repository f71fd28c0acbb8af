import { CircleCheck, CircleDashed, CircleMinus, CircleX, LoaderCircle, TriangleAlert } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import type { PreflightStep } from '../../src-shared/contract/settings-models.ts'
import { useDeskState } from './desk-context.ts'
import { stateWords, stepTitle } from './preflight-words.ts'
import styles from './check-steps.module.css'

/** Told apart by their shapes; colour only helps. */
const signs: Record<PreflightStep['state'], LucideIcon> = {
  waiting: CircleDashed,
  running: LoaderCircle,
  ok: CircleCheck,
  warning: TriangleAlert,
  failed: CircleX,
  'not-tried': CircleMinus,
}

/** Everything that a connection needs, from the first to the last, and how far the check is. */
export function CheckSteps(): React.ReactNode {
  const steps = useDeskState((state) => state.steps)
  return (
    <ol aria-label="Steps">
      {steps.map((step) => (
        <Step key={step.id} step={step} />
      ))}
    </ol>
  )
}

function Step({ step: { id, state, message, hint } }: { step: PreflightStep }): React.ReactNode {
  const Sign = signs[state]
  return (
    <li className={styles['step']} data-state={state}>
      <Sign size={16} strokeWidth={1.75} aria-hidden="true" />
      <div>
        <p className={styles['title']}>
          {stepTitle(id)}
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
