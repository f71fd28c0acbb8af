import { useState } from 'react'
import type { Session } from '../../src-shared/contract/models.ts'
import { RUN_BUTTON_ID } from '../app/commands.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { defaultRun, runRequest, type RunFields, type WantedRun } from './run-request.ts'
import { StartRun } from './start-run.tsx'
import styles from './run-form.module.css'

/**
 * What the next run shall be: how many tickets in how long, and for who wants it the seed and, in the sandbox, the
 * speed. In a real Jira it asks before it starts.
 */
export function RunForm({ session }: { session: Session }): React.ReactNode {
  const { orders, view } = useWorkbench()
  const starting = useDashboard((state) => state.pending.includes('start'))
  const [fields, setFields] = useState<RunFields>(defaultRun)
  const [toConfirm, setToConfirm] = useState<WantedRun | null>(null)
  const request = runRequest(fields)
  const field = (name: keyof RunFields): FieldValue => ({
    value: fields[name],
    onChange: (event) => setFields({ ...fields, [name]: event.target.value }),
  })

  function start(confirmed: WantedRun): void {
    orders.startRun(confirmed)
    view.set((state) => ({ ...state, runForm: false }))
  }

  return (
    <>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (request === null) return
          if (session.site.kind === 'sandbox') start(request)
          else setToConfirm(request)
        }}
      >
        <RunFieldsOf session={session} field={field} />
        <Button id={RUN_BUTTON_ID} kind="primary" type="submit" disabled={starting}>
          {starting ? 'Starting…' : 'Start run'}
        </Button>
      </form>
      {toConfirm && (
        <StartRun
          session={session}
          request={toConfirm}
          onConfirm={start}
          onClose={() => setToConfirm(null)}
        />
      )}
    </>
  )
}

interface FieldValue {
  readonly value: string
  readonly onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLSelectElement>) => void
}

interface RunFieldsProps {
  readonly session: Session
  readonly field: (name: keyof RunFields) => FieldValue
}

function RunFieldsOf({ session, field }: RunFieldsProps): React.ReactNode {
  return (
    <div className={styles['fields']}>
      <NumberField label="Tickets" min={1} max={100_000} step={1} required {...field('count')} />
      <NumberField label="Minutes" min={0.1} max={1_440} step="any" required {...field('minutes')} />
      <NumberField
        label="Seed"
        min={0}
        max={4_294_967_295}
        step={1}
        placeholder="random"
        {...field('seed')}
      />
      {session.site.kind === 'sandbox' && (
        <Field label="Speed">
          {(control) => (
            <select {...control} {...field('speed')}>
              <option value="1">real time</option>
              <option value="10">10 ×</option>
              <option value="60">60 ×</option>
            </select>
          )}
        </Field>
      )}
    </div>
  )
}

function NumberField({ label, ...rest }: React.ComponentProps<'input'> & { label: string }): React.ReactNode {
  return <Field label={label}>{(control) => <input type="number" {...control} {...rest} />}</Field>
}
