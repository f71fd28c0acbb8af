import { useState } from 'react'
import { conditionText } from '../../src-shared/domain/usual/alert-text.ts'
import type { SplitField } from '../../src-shared/contract/fields.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import type { Perform } from '../controls/use-perform.ts'
import { useFieldValues } from '../filter/field-values.ts'
import { NEW_RULE, readRule, scopeOf, type RuleFields } from './rule-fields.ts'
import { RuleReplay } from './rule-replay.tsx'
import styles from './alerts-panel.module.css'

const kinds = [
  ['above-usual', 'there are more tickets than usual'],
  ['at-least', 'there are at least'],
  ['nothing-fetched', 'nothing was fetched for'],
  ['too-quiet', 'it is too quiet'],
] as const

const oftens = [
  ['week', 'week'],
  ['month', 'month'],
  ['quarter', 'quarter'],
] as const

interface FormProps {
  readonly session: Session
  readonly perform: Perform
}

/** A sentence to fill in, which is a new rule. */
export function RuleForm({ session, perform }: FormProps): React.ReactNode {
  const { client } = useWorkbench().transport
  const [fields, setFields] = useState(NEW_RULE)
  const rule = readRule(fields)

  async function add(): Promise<void> {
    if (rule !== null && (await perform(() => client.call('alerts.add', rule)))) setFields(NEW_RULE)
  }

  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <fieldset className={styles['sentence']}>
        <legend className="unseen">New rule</legend>
        <Sentence fields={fields} session={session} onChange={(part) => setFields({ ...fields, ...part })} />
      </fieldset>
      {rule !== null && <RuleReplay rule={rule} />}
      {rule === null && <p className={styles['failure']}>Whole numbers from 1; a day is 1,440 minutes.</p>}
      <Button type="submit" kind="primary" disabled={rule === null}>
        Add rule
      </Button>
    </form>
  )
}

interface SentenceProps {
  readonly fields: RuleFields
  readonly session: Session
  readonly onChange: (part: Partial<RuleFields>) => void
}

function Sentence({ fields, session, onChange }: SentenceProps): React.ReactNode {
  const { kind, often, tickets, minutes } = fields
  return (
    <>
      <span>Ring when</span>
      <Choice label="When" value={kind} options={kinds} onChange={(next) => onChange({ kind: next })} />
      {kind === 'at-least' && (
        <>
          <Num label="Tickets" value={tickets} onChange={(next) => onChange({ tickets: next })} />
          <span>tickets in</span>
        </>
      )}
      {(kind === 'at-least' || kind === 'nothing-fetched') && (
        <>
          <Num label="Minutes" value={minutes} onChange={(next) => onChange({ minutes: next })} />
          <span>minutes</span>
        </>
      )}
      {kind !== 'nothing-fetched' && <ScopeChoice fields={fields} session={session} onChange={onChange} />}
      {kind === 'above-usual' && (
        <>
          <span>with a false alarm about once a</span>
          <Choice
            label="A false alarm about once a"
            value={often}
            options={oftens}
            onChange={(next) => onChange({ often: next })}
          />
        </>
      )}
      {kind === 'too-quiet' && <span className="quiet">{conditionText({ kind })}.</span>}
    </>
  )
}

function ScopeChoice(props: SentenceProps): React.ReactNode {
  const shown = useDashboard((state) => state.shown)
  // Where one project alone is watched, there is none to choose.
  const isOfOne = shown === null || props.session.projectKey !== null
  return isOfOne ? <Scopes {...props} projects={[]} /> : <ScopesOfSpan {...props} part={shown} />
}

const BY_PROJECT: readonly SplitField[] = ['project']

/** With the projects of the tickets shown, as the filter has them. */
function ScopesOfSpan({ part, ...props }: SentenceProps & { readonly part: TimeSpan }): React.ReactNode {
  const filter = useDashboard((state) => state.filter)
  const { fields } = useFieldValues(part, BY_PROJECT)
  const there = fields?.[0]?.parts?.flatMap(({ kind, value }) =>
    kind === 'value' && value !== null ? [value] : [],
  )
  return <Scopes {...props} projects={[...(filter.projects ?? []), ...(there ?? [])]} />
}

function Scopes(props: SentenceProps & { readonly projects: readonly string[] }): React.ReactNode {
  const { fields, session, projects, onChange } = props
  // What was chosen stays, whatever the span shows meanwhile.
  const { project } = scopeOf(fields.scope)
  const keys = [...new Set(project === undefined ? projects : [...projects, project])].toSorted()
  const options = [
    ['', 'of all that is watched'],
    ...session.watched.map(({ id, name }) => [`priority ${id}`, `of ${name}`] as const),
    ...keys.map((key) => [`project ${key}`, `in ${key}`] as const),
  ] as const
  return (
    <Choice label="Of" value={fields.scope} options={options} onChange={(scope) => onChange({ scope })} />
  )
}

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly (readonly [value: T, text: string])[]
  readonly onChange: (value: T) => void
}

function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>): React.ReactNode {
  return (
    <select
      className={styles['word']}
      aria-label={label}
      value={value}
      onChange={(event) => {
        const chosen = options.find(([one]) => one === event.target.value)
        if (chosen !== undefined) onChange(chosen[0])
      }}
    >
      {options.map(([one, text]) => (
        <option key={one} value={one}>
          {text}
        </option>
      ))}
    </select>
  )
}

interface NumProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

function Num({ label, value, onChange }: NumProps): React.ReactNode {
  return (
    <input
      className={styles['number']}
      aria-label={label}
      inputMode="numeric"
      autoComplete="off"
      maxLength={7}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
