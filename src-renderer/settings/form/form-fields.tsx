import { useState } from 'react'
import { Field } from '../../controls/field.tsx'
import { useStore, type StateStore } from '../../state-store.ts'
import { isFixed, type FormState } from './form-state.ts'
import styles from './form.module.css'

/** A field of a form, and why it cannot be taken as it is. While something is tried (`busy`) it stays as it is. */
export interface FieldState {
  readonly control: {
    readonly value: string
    readonly disabled: boolean
    readonly onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLSelectElement>) => void
  }
  readonly problem: string | undefined
  readonly busy: boolean
}

interface Form<Fields> {
  readonly store: StateStore<FormState<{ readonly fixedBy: string | null }, Fields, unknown>>
  readonly edit: (part: Partial<Fields>) => void
}

/** A field of a form, by its name. */
export function useField<Name extends string, Fields extends Readonly<Record<Name, string>>>(
  { store, edit }: Form<Fields>,
  name: Name,
): FieldState {
  return {
    control: {
      value: useStore(store, (state) => state.fields[name]),
      disabled: useStore(store, isFixed),
      onChange: (event) => edit({ [name]: event.target.value } as Partial<Fields>),
    },
    problem: useStore(store, (state) => state.problems[name]),
    busy: useStore(store, (state) => state.busy !== null),
  }
}

interface TextFieldProps extends React.ComponentProps<'input'> {
  readonly field: FieldState
  readonly label: string
  readonly hint?: React.ReactNode
}

/** A field of a form that is typed. */
export function TextField({ field, label, hint, ...rest }: TextFieldProps): React.ReactNode {
  return (
    <Field label={label} hint={hint} problem={field.problem}>
      {(control) => (
        <input
          autoComplete="off"
          spellCheck={false}
          readOnly={field.busy}
          {...rest}
          {...control}
          {...field.control}
        />
      )}
    </Field>
  )
}

/** The file of a company's own certificates: behind a line, as few need it. */
export function CertificateFile({ field, hint }: { field: FieldState; hint: string }): React.ReactNode {
  const given = field.control.value !== ''
  const [open, setOpen] = useState(false)
  return (
    <details
      className={styles['more']}
      open={open || given}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>Certificates of your own</summary>
      <TextField
        field={field}
        label="File of certificates"
        placeholder="/etc/ssl/company.pem"
        maxLength={4096}
        hint={hint}
      />
    </details>
  )
}
