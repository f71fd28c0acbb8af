import {
  CircleCheck,
  CircleDashed,
  CircleMinus,
  CircleX,
  LoaderCircle,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react'
import { useState } from 'react'
import type { Settings } from '../../../src-shared/contract/settings.ts'
import { Button } from '../../controls/button.tsx'
import fieldStyles from '../../controls/field.module.css'
import { SelectField, TextField } from '../../controls/field.tsx'
import { useStore, type StateStore } from '../../state-store.ts'
import page from '../settings-page.module.css'
import {
  isFixed,
  type AnyFormState,
  type AttemptOutcome,
  type CheckStep,
  type FormState,
} from './form-controller.ts'
import styles from './form.module.css'

/** Distinguished by their shapes; colour only helps. The word is for who does not see them. */
export const stepStates: Readonly<Record<CheckStep['state'], readonly [sign: LucideIcon, word: string]>> = {
  waiting: [CircleDashed, 'waiting'],
  running: [LoaderCircle, 'being checked'],
  ok: [CircleCheck, 'good'],
  warning: [TriangleAlert, 'good, with a warning'],
  failed: [CircleX, 'failed'],
  'not-tried': [CircleMinus, 'not tried'],
}

interface SettingsFormProps {
  readonly label: 'Jira' | 'Store'
  readonly form: { check(): void; take(): void }
  readonly state: AnyFormState
  readonly titles: Readonly<Record<string, string>>
  /** The steps that say it all once it was gone over to; absent: all of them. */
  readonly gist?: ReadonlySet<string>
  /** Whether there is anything that could be checked. */
  readonly canCheck: boolean
  /** The button that goes over to what is filled in: its verb, and the same while that is under way. */
  readonly take: { readonly verb: string; readonly underWay: string; readonly disabled: boolean }
  /** What the two buttons do, as long as neither was pressed. */
  readonly about: string
  readonly onClose: () => void
  readonly children: React.ReactNode
}

/**
 * A form of the settings, and next to it the ways to try and to take what is filled in, what came of that, and how far it
 * is. These stay in sight while the form scrolls.
 */
export function SettingsForm(props: SettingsFormProps): React.ReactNode {
  const { label, form, state, titles, gist, canCheck, take, about, onClose, children } = props
  const { busy, outcome } = state
  const of = `settings-${label.toLowerCase()}`
  return (
    <form
      className={page['columns']}
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        form.take()
        focusProblem(event.currentTarget)
      }}
    >
      <div className={styles['sections']}>{children}</div>
      <section className={`${page['section']} ${styles['panel']}`} aria-labelledby={`${of} ${of}-check`}>
        <h2 id={`${of}-check`}>Check</h2>
        <div className={styles['buttons']}>
          <Button kind="primary" type="submit" disabled={busy !== null || take.disabled}>
            {busy === 'taking' ? take.underWay : take.verb}
          </Button>
          <Button
            disabled={busy !== null || !canCheck}
            onClick={(event) => {
              form.check()
              focusProblem(event.currentTarget.form)
            }}
          >
            {busy === 'checking' ? 'Checking…' : 'Check'}
          </Button>
        </div>
        {/* Always there, so that it is read out when it changes. */}
        <output className={styles['outcome']} data-tone={outcome?.tone}>
          {outcome ? <Outcome outcome={outcome} onClose={onClose} /> : about}
        </output>
        <Steps state={state} titles={titles} gist={outcome?.taken === true ? gist : undefined} />
      </section>
    </form>
  )
}

/** What each step came to; before any was asked for, how many there are. */
function Steps(props: Pick<SettingsFormProps, 'state' | 'titles'> & { gist: SettingsFormProps['gist'] }) {
  const { state, titles, gist } = props
  const { steps, busy } = state
  if (steps.length === 0) return null
  if (busy === null && steps.every((step) => step.state === 'waiting')) {
    return <p className="quiet">{steps.length} steps, none of them tried yet.</p>
  }
  const list = (some: readonly CheckStep[], label: string): React.ReactNode => (
    <ol aria-label={label}>
      {some.map((step) => (
        <Step key={step.id} step={step} title={titles[step.id]} />
      ))}
    </ol>
  )
  if (gist === undefined) return list(steps, 'Steps')
  // What is not simply good is never folded away.
  const isSaid = (step: CheckStep): boolean => gist.has(step.id) || step.state !== 'ok'
  const others = steps.filter((step) => !isSaid(step))
  return (
    <>
      {list(steps.filter(isSaid), 'Steps')}
      {others.length > 0 && (
        <details className={fieldStyles['more']}>
          <summary>{others.length} more steps, all good</summary>
          {list(others, 'More steps')}
        </details>
      )}
    </>
  )
}

/** The first field that cannot be taken gets the focus. */
function focusProblem(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid]')?.focus())
}

function Outcome(props: { outcome: AttemptOutcome; onClose: () => void }): React.ReactNode {
  const { message, hint, taken } = props.outcome
  return (
    <>
      <b>{message}</b> {hint}
      {taken && (
        <Button kind="quiet" onClick={props.onClose}>
          Show the chart
        </Button>
      )}
    </>
  )
}

function Step({ step, title }: { step: CheckStep; title: string | undefined }): React.ReactNode {
  const { state, message, hint } = step
  const [Sign, word] = stepStates[state]
  return (
    <li className={styles['step']} data-state={state}>
      <Sign size={16} strokeWidth={1.75} aria-hidden="true" />
      <div>
        <p className={styles['title']}>
          {title}
          <span className="unseen">: {word}. </span>
        </p>
        <p className={styles['message']}>
          {state === 'not-tried' && message === '' ? 'Not tried.' : message}
        </p>
        {hint !== '' && <p className={styles['hint']}>{hint}</p>}
      </div>
    </li>
  )
}

interface NowProps {
  /** Null until it is known. */
  readonly text: string | null
  readonly fixedBy?: string | null
  readonly children?: React.ReactNode
}

/** What is set at present, whether it can be changed here, and what is wrong with it. */
export function Now({ text, fixedBy, children }: NowProps): React.ReactNode {
  if (text === null) return <div className={styles['now']} />
  return (
    <div className={styles['now']}>
      <p>{text}</p>
      {typeof fixedBy === 'string' && (
        <p className="quiet">Fixed by {fixedBy}: start Jira TPM without it to choose another one here.</p>
      )}
      {children}
    </div>
  )
}

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

type SecretPlace = Settings['tokenIn']

type Secrets = Settings['secrets']

/**
 * Where one goes that is filled in, or why this machine has no place for it. Where the present one comes from the
 * environment, none is needed.
 */
export function secretGoesText(secrets: Secrets | undefined, present: SecretPlace = 'none'): string {
  if (secrets && secrets.problem !== null) return present === 'environment' ? '' : secrets.problem
  const place = { keychain: 'in the keychain', 'safe-storage': 'encrypted', none: '' }[
    secrets?.kind ?? 'none'
  ]
  return place === '' ? '' : `It is kept ${place} and never shown.`
}

/** Where the present one is, in the place of its characters. */
export function secretIsText(place: SecretPlace): string {
  return {
    keychain: 'kept in the keychain',
    'safe-storage': 'kept encrypted',
    environment: 'given by the environment',
    vault: 'given by Vault',
    none: '',
  }[place]
}

/** The same as a sentence: `Its token is kept in macOS Keychain.` `none` is what is said where there is none. */
export function secretSentence(what: string, place: SecretPlace, secrets: Secrets, none: string): string {
  return {
    keychain: `Its ${what} is kept in ${secrets.label}.`,
    'safe-storage': `Its ${what} is kept encrypted, for this program alone.`,
    environment: `Its ${what} is given by the environment.`,
    vault: `Its ${what} is given by Vault.`,
    none,
  }[place]
}
