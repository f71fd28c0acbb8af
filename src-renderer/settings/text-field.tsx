import { Field } from '../controls/field.tsx'
import { useDesk, useDeskState } from './desk-context.ts'
import { isFixed } from './desk-state.ts'
import type { JiraFields } from './jira-fields.ts'

type TextName = Exclude<keyof JiraFields, 'watch'>

interface FieldState {
  readonly value: string
  readonly disabled: boolean
  readonly onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLSelectElement>) => void
}

/** What a control needs to hold a field of the form. */
export function useField(name: TextName): FieldState {
  const desk = useDesk()
  return {
    value: useDeskState((state) => state.fields[name]),
    disabled: useDeskState(isFixed),
    onChange: (event) => desk.edit({ [name]: event.target.value }),
  }
}

interface TextFieldProps extends React.ComponentProps<'input'> {
  readonly name: TextName
  readonly label: string
  readonly hint: React.ReactNode
}

/** A field of the form that is typed. While something is tried it stays as it is. */
export function TextField({ name, label, hint, ...rest }: TextFieldProps): React.ReactNode {
  const field = useField(name)
  const problem = useDeskState((state) => state.problems[name])
  const busy = useDeskState((state) => state.busy !== null)
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(control) => (
        <input autoComplete="off" spellCheck={false} readOnly={busy} {...rest} {...control} {...field} />
      )}
    </Field>
  )
}
