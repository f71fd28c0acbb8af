import { Field } from '../controls/field.tsx'
import type { FormProps } from './form-fields.ts'
import { ReplayField } from './replay-field.tsx'
import { withProfile, type ProfileKind } from './run-fields.ts'
import { TypedField } from './typed-field.tsx'
import styles from './run-form.module.css'

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
      <Field label="Profile" problem={problems.profile}>
        {(control) => (
          <select
            {...control}
            value={fields.profile}
            onChange={(event) => {
              const kind = PROFILES.find(([name]) => name === event.target.value)?.[0]
              if (kind !== undefined) onChange(withProfile(fields, kind))
            }}
          >
            {PROFILES.map(([kind, label]) => (
              <option key={kind} value={kind}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
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
        <div className={styles['pair']}>
          <TypedField {...props} name="rampFrom" label="Rate at first" inputMode="decimal" />
          <TypedField {...props} name="rampTo" label="Rate at the end" inputMode="decimal" />
        </div>
      )
    case 'spike':
      return <SpikeFields {...props} />
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

function SpikeFields(props: FormProps): React.ReactNode {
  return (
    <div className={styles['three']}>
      <TypedField {...props} name="spikeAt" label="At minute" placeholder="half-way" inputMode="decimal" />
      <TypedField {...props} name="spikeLong" label="Lasts (min)" placeholder="a 12th" inputMode="decimal" />
      <TypedField {...props} name="spikeHeight" label="× usual" inputMode="decimal" />
    </div>
  )
}
