import { Button } from './button.tsx'
import styles from './removal-question.module.css'

interface QuestionProps {
  readonly children: React.ReactNode
  readonly action: 'Remove' | 'Delete'
  readonly onKeep: () => void
  readonly onRemove: () => void
}

/** Asked in the place of the button that was pressed, in a row, before something goes for good. */
export function RemovalQuestion({ children, action, onKeep, onRemove }: QuestionProps): React.ReactNode {
  return (
    <>
      <p className={styles['question']}>{children}</p>
      {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- in the place of the button that was pressed */}
      <Button autoFocus onClick={onKeep}>
        Keep it
      </Button>
      <Button kind="final" onClick={onRemove}>
        {action}
      </Button>
    </>
  )
}
