import { Field } from '../controls/field.tsx'
import type { FormProps } from './form-fields.ts'
import type { RunFields } from './run-fields.ts'

type TextFieldName = {
  [F in keyof RunFields]: RunFields[F] extends string ? F : never
}[keyof RunFields]

interface TypedFieldProps extends FormProps, Omit<React.ComponentProps<'input'>, 'onChange' | 'form'> {
  readonly name: TextFieldName
  readonly label: string
  readonly hint?: string
}

/** A field of the form that is typed into, with what is wrong with it below it. */
export function TypedField(props: TypedFieldProps): React.ReactNode {
  const { fields, problems, onChange, name, label, hint, ...rest } = props
  return (
    <Field label={label} hint={hint} problem={problems[name]}>
      {(control) => (
        <input
          {...control}
          {...rest}
          autoComplete="off"
          spellCheck={false}
          value={fields[name]}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  )
}
