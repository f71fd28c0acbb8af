import { useState } from 'react'
import fieldStyles from '../../controls/field.module.css'
import { SelectField, TextField } from '../../controls/field.tsx'
import { useStore, type StateStore } from '../../state-store.ts'
import { isFixed, type FormState } from './form-controller.ts'
import styles from './form.module.css'

type InputProps = Pick<
  React.ComponentProps<'input'>,
  'type' | 'inputMode' | 'maxLength' | 'placeholder' | 'autoComplete'
>

export interface FormField<Name extends string = string> extends InputProps {
  readonly name: Name
  readonly label: string
  readonly hint?: React.ReactNode
  readonly options?: readonly (readonly [value: string, label: string])[]
  /** What is shown as chosen, where that is not what is filled in. */
  readonly value?: string
  /** Whether it needs little room next to another. */
  readonly short?: true
}

export type FormRow<Name extends string> = FormField<Name> | readonly FormField<Name>[]

interface FormFieldsProps<Name extends string> {
  readonly form: {
    readonly store: Pick<
      StateStore<FormState<{ readonly fixedBy: string | null }, Readonly<Record<Name | 'caFile', string>>>>,
      'get' | 'subscribe'
    >
    edit(part: Partial<Record<string, string>>): void
  }
  readonly rows: readonly FormRow<Name>[]
  /** The hint of the file of a company's own certificates: behind a line, as few need it. */
  readonly certificates: string
}

/** The fields of a form. While something is tried they stay as they are. */
export function FormFields<Name extends string>(props: FormFieldsProps<Name>): React.ReactNode {
  const { form, rows, certificates } = props
  const state = useStore(form.store, (all) => all)
  const [open, setOpen] = useState(false)

  function fieldOf({
    name,
    label,
    hint,
    options,
    value,
    short: _short,
    ...rest
  }: FormField<Name | 'caFile'>): React.ReactNode {
    const common = {
      value: value ?? state.fields[name],
      disabled: isFixed(state),
      onChange: ({ target }: React.ChangeEvent<HTMLInputElement | HTMLSelectElement>) =>
        form.edit({ [name]: target.value }),
    }
    const texts = { label, hint, problem: state.problems[name] }
    return options ? (
      <SelectField key={name} {...texts} {...common} options={options} />
    ) : (
      <TextField key={name} {...texts} readOnly={state.busy !== null} {...rest} {...common} />
    )
  }

  return (
    <div className={styles['fields']}>
      {rows.map((row) =>
        'name' in row ? (
          fieldOf(row)
        ) : (
          <div
            key={row[0]?.name}
            className={row.some(({ short }) => short) ? styles['wide-pair'] : fieldStyles['pair']}
          >
            {row.map(fieldOf)}
          </div>
        ),
      )}
      <details
        className={fieldStyles['more']}
        open={open || state.fields.caFile !== ''}
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary>Certificates of your own</summary>
        {fieldOf({
          name: 'caFile',
          label: 'File of certificates',
          placeholder: '/etc/ssl/company.pem',
          maxLength: 4096,
          hint: certificates,
        })}
      </details>
    </div>
  )
}
