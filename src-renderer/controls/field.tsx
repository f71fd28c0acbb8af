import { useId } from 'react'
import styles from './field.module.css'

/** What a field says around its control. */
interface FieldTexts {
  readonly label: string
  /** What helps to fill it in, below it. */
  readonly hint?: React.ReactNode
  /** Why it cannot be taken as it is; stands in the hint's place. */
  readonly problem?: string | undefined
}

/** What ties a control to the texts around it. */
interface ControlProps {
  readonly id: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
}

interface FieldProps extends FieldTexts {
  readonly children: (control: ControlProps) => React.ReactNode
}

/** A control with its label and its hint. */
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

/** A field that is typed into. */
export function TextField(props: FieldTexts & React.ComponentProps<'input'>): React.ReactNode {
  const { label, hint, problem, ...input } = props
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(control) => <input autoComplete="off" spellCheck={false} {...input} {...control} />}
    </Field>
  )
}

interface SelectFieldProps extends FieldTexts, React.ComponentProps<'select'> {
  readonly options: readonly (readonly [value: string, label: string])[]
}

/** A field whose value is chosen from a list. */
export function SelectField({ label, hint, problem, options, ...select }: SelectFieldProps): React.ReactNode {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(control) => (
        <select {...select} {...control}>
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

interface CheckFieldProps extends Omit<React.ComponentProps<'input'>, 'type' | 'onChange'> {
  readonly label: string
  readonly onChange: (checked: boolean) => void
}

/** A field that is ticked or not. */
export function CheckField({ label, onChange, ...input }: CheckFieldProps): React.ReactNode {
  return (
    <label className={styles['check']}>
      <input {...input} type="checkbox" onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  )
}

interface SegmentsProps<T extends string | number> {
  readonly label: string
  readonly value: T
  readonly options: readonly {
    readonly value: T
    readonly label: string
    /** Why it cannot be chosen now. */
    readonly refusal?: string | undefined
  }[]
  readonly size?: 'normal' | 'small'
  readonly onChange: (value: T) => void
}

/** One of a few choices, all in sight: radio buttons in another dress, so the browser knows how they are used. */
export function Segments<T extends string | number>(props: SegmentsProps<T>): React.ReactNode {
  const { label, value, options, size = 'normal', onChange } = props
  const name = useId()
  return (
    <div className={styles['segments']} data-size={size} role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.value} className={styles['segment']} title={option.refusal}>
          <input
            type="radio"
            name={name}
            disabled={option.refusal !== undefined}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  )
}
