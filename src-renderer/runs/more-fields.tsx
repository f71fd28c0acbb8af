import { useState } from 'react'
import type { FormProps } from './form-fields.ts'
import { TypedField } from './typed-field.tsx'
import styles from './run-form.module.css'

/** What few runs need: which priorities, issue types and projects come how often. */
export function MoreFields(props: FormProps): React.ReactNode {
  const { priorities, types, projects } = props.problems
  const [open, setOpen] = useState(false)
  return (
    <details
      className={styles['more']}
      // What is wrong must be seen, and what an earlier run brings along.
      open={open || props.fields.projects !== '' || (priorities ?? types ?? projects) !== undefined}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>More</summary>
      <div className={styles['form']}>
        <TypedField
          {...props}
          name="priorities"
          label="Priorities, by weight"
          placeholder={props.fields.profile === 'replay' ? 'as in the file' : 'Highest 1, High 2, Medium 4'}
          hint="Empty: as they usually come."
        />
        <TypedField
          {...props}
          name="types"
          label="Issue types, by weight"
          placeholder="Bug 3, Task 1"
          hint="Empty: the project’s usual one."
        />
        <TypedField
          {...props}
          name="projects"
          label="Projects, by weight"
          placeholder="OPS 2, TPM 1"
          hint="Empty: the one that is watched."
        />
      </div>
    </details>
  )
}
