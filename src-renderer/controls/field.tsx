import { useId } from 'react'
import styles from './field.module.css'

/** What ties a control to the words around it. */
interface ControlProps {
  readonly id: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
}

interface FieldProps {
  readonly label: string
  /** What helps to fill it in, below it. */
  readonly hint?: React.ReactNode
  /** Why it cannot be taken as it is; stands in the hint's place. */
  readonly problem?: string | undefined
  readonly children: (control: ControlProps) => React.ReactNode
}

/** An input or a list of choices with its label and its hint. */
export function Field({ label, hint, problem, children }: FieldProps): React.ReactNode {
  const id = useId()
  const below = problem ?? hint
  return (
    <div className={styles['field']}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(below && { 'aria-describedby': `${id}-hint` }),
        ...(problem !== undefined && { 'aria-invalid': true }),
      })}
      {below && (
        <p id={`${id}-hint`} className={styles['hint']} data-problem={problem && true}>
          {below}
        </p>
      )}
    </div>
  )
}
