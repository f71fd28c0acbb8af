import type { FailureText } from '../../src-shared/errors/app-error.ts'
import { Button } from '../controls/button.tsx'
import styles from './failure-note.module.css'

interface FailureNoteProps {
  readonly failure: FailureText
  readonly onRetry?: () => void
  readonly retry?: string
}

/** What could not be done, what that means, and the way to try it again. */
export function FailureNote({ failure, onRetry, retry = 'Try again' }: FailureNoteProps): React.ReactNode {
  return (
    <div className={styles['note']} role="alert">
      <p>
        <b>
          {failure.what} {failure.consequence}
        </b>{' '}
        {failure.hint}
      </p>
      {onRetry && <Button onClick={onRetry}>{retry}</Button>}
    </div>
  )
}
