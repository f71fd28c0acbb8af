import type { FailureText } from '../../src-shared/errors/app-error.ts'
import styles from './servers.module.css'

/** What went wrong, what it means and what to do, read out as it comes. */
export function Failure({ failure }: { failure: FailureText }): React.ReactNode {
  const { what, consequence, hint } = failure
  return (
    <div className={styles['failure']} role="alert">
      <p>
        <b>{what}</b> {consequence}
      </p>
      {hint !== '' && <p>{hint}</p>}
    </div>
  )
}
