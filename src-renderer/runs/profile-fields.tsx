import { useRef, useState } from 'react'
import type { Replay } from '../../src-shared/contract/runs/runs.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import { useWorkbench } from '../app/workbench.ts'
import fieldStyles from '../controls/field.module.css'
import { Field, SelectField, TextField } from '../controls/field.tsx'
import { ticketsText } from '../live/text.ts'
import { withProfile, type FormProps, type ProfileKind, type RunFields } from './run-fields.ts'
import styles from './run-form.module.css'
import { fieldMessage } from './run-request.ts'

/** As much text as the core takes: see `runs.readReplay`. */
const MAX_TEXT = 900_000

const PROFILES: readonly (readonly [ProfileKind, string])[] = [
  ['steady', 'Steady'],
  ['even', 'Even'],
  ['ramp', 'Ramp'],
  ['spike', 'Spike'],
  ['sine', 'Sine'],
  ['written', 'Parts (written form)'],
  ['replay', 'Replay a file…'],
]

/** How the tickets are spread over the run, with the few fields that this kind has. */
export function ProfileFields(props: FormProps): React.ReactNode {
  const { fields, problems, onChange } = props
  return (
    <>
      <SelectField
        label="Profile"
        problem={problems.profile}
        options={PROFILES}
        value={fields.profile}
        onChange={(event) => {
          const kind = PROFILES.find(([name]) => name === event.target.value)?.[0]
          if (kind !== undefined) onChange(withProfile(fields, kind))
        }}
      />
      <OwnFields {...props} />
    </>
  )
}

function OwnFields(props: FormProps): React.ReactNode {
  switch (props.fields.profile) {
    case 'steady':
    case 'even':
      return null
    case 'ramp':
      return (
        <div className={fieldStyles['pair']}>
          <TypedField {...props} name="rampFrom" label="Rate at first" inputMode="decimal" />
          <TypedField {...props} name="rampTo" label="Rate at the end" inputMode="decimal" />
        </div>
      )
    case 'spike':
      return (
        <div className={styles['three']}>
          <TypedField
            {...props}
            name="spikeAt"
            label="At minute"
            placeholder="half-way"
            inputMode="decimal"
          />
          <TypedField
            {...props}
            name="spikeLong"
            label="Lasts (min)"
            placeholder="a 12th"
            inputMode="decimal"
          />
          <TypedField {...props} name="spikeHeight" label="× usual" inputMode="decimal" />
        </div>
      )
    case 'sine':
      return <TypedField {...props} name="waves" label="Waves" inputMode="numeric" />
    case 'written':
      return (
        <TypedField
          {...props}
          // Before anything is typed it only says what is expected.
          problems={props.fields.written === '' ? {} : props.problems}
          name="written"
          label="Written form"
          maxLength={500}
          placeholder="30m@50,10m@200,20m@50"
          hint="30m@50: 30 minutes of 50 tickets an hour."
        />
      )
    default: // replay
      return <ReplayField {...props} />
  }
}

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
  const { fields, problems, onChange, name, ...rest } = props
  return (
    <TextField
      {...rest}
      problem={problems[name]}
      value={fields[name]}
      onChange={(event) => onChange({ [name]: event.target.value })}
    />
  )
}

/** The file whose tickets are replayed. It is read by the core; what it cannot read is said here. */
function ReplayField({ fields, problems, onChange }: FormProps): React.ReactNode {
  const { client } = useWorkbench().transport
  const [reading, setReading] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const latest = useRef<File>(null)

  async function read(file: File): Promise<void> {
    latest.current = file
    setReading(true)
    setFailure(null)
    onChange({ replay: null })
    const outcome = await readReplay(file, (text) =>
      client.call('runs.readReplay', { name: file.name, text }),
    )
    // Another file was chosen meanwhile.
    if (latest.current !== file) return
    setReading(false)
    if (typeof outcome === 'string') setFailure(outcome)
    else onChange({ replay: outcome })
  }

  const problem = reading ? undefined : (failure ?? (fields.replay ? problems.replay : undefined))
  return (
    <Field label="File of tickets" hint={hintText(reading, fields.replay)} problem={problem}>
      {(control) => (
        <input
          {...control}
          type="file"
          accept=".csv,.jsonl,.ndjson,.json,.txt"
          onChange={({ target }) => {
            const file = target.files?.[0]
            if (file) void read(file)
          }}
        />
      )}
    </Field>
  )
}

/** What the file holds, or why it cannot be taken, as a sentence. */
async function readReplay(file: File, ask: (text: string) => Promise<Replay>): Promise<Replay | string> {
  if (file.size > MAX_TEXT * 4) return tooLarge(file)
  try {
    const text = await file.text()
    return text.length > MAX_TEXT ? tooLarge(file) : await ask(text)
  } catch (error) {
    return error instanceof DOMException
      ? `${file.name} could not be read. Choose it again.`
      : fieldMessage(toWireError(error))
  }
}

function tooLarge({ name }: File): string {
  return `${name} is larger than 900 kB. The command line takes larger files: create-tickets --replay.`
}

function hintText(reading: boolean, replay: Replay | null): string {
  if (reading) return 'Reading…'
  if (replay === null) return 'CSV or JSON lines, with the time of creation.'
  return `${replay.name}: ${ticketsText(replay.offsetsMs.length)}.`
}
