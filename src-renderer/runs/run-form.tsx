import { useId, useState } from 'react'
import type { Session } from '../../src-shared/contract/models.ts'
import { RUN_BUTTON_ID } from '../app/commands.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { defaultRun, runRequest, type RunFields } from './run-request.ts'
import styles from './run-form.module.css'

/** What the next run shall be: how many tickets in how long, and for who wants it the seed and, in the sandbox, the speed. */
export function RunForm({ session }: { session: Session }): React.ReactNode {
  const { orders, view } = useWorkbench()
  const starting = useDashboard((state) => state.pending.includes('start'))
  const [fields, setFields] = useState<RunFields>(defaultRun)
  const request = runRequest(fields)
  const field = (name: keyof RunFields): FieldProps => ({
    value: fields[name],
    onChange: (event) => setFields({ ...fields, [name]: event.target.value }),
  })
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (request === null) return
        orders.startRun(request)
        view.set((state) => ({ ...state, runForm: false }))
      }}
    >
      <div className={styles['fields']}>
        <Field label="Tickets" type="number" min={1} max={100_000} step={1} required {...field('count')} />
        <Field
          label="Minutes"
          type="number"
          min={0.1}
          max={1_440}
          step="any"
          required
          {...field('minutes')}
        />
        <Field
          label="Seed"
          type="number"
          min={0}
          max={4_294_967_295}
          step={1}
          placeholder="random"
          {...field('seed')}
        />
        {session.site.kind === 'sandbox' && <SpeedField {...field('speed')} />}
      </div>
      <Button id={RUN_BUTTON_ID} kind="primary" type="submit" disabled={starting}>
        {starting ? 'Starting…' : 'Start run'}
      </Button>
    </form>
  )
}

interface FieldProps {
  readonly value: string
  readonly onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLSelectElement>) => void
}

function Field({
  label,
  ...rest
}: FieldProps & React.ComponentProps<'input'> & { label: string }): React.ReactNode {
  const id = useId()
  return (
    <div className={styles['field']}>
      <label htmlFor={id}>{label}</label>
      <input id={id} {...rest} />
    </div>
  )
}

function SpeedField(props: FieldProps): React.ReactNode {
  const id = useId()
  return (
    <div className={styles['field']}>
      <label htmlFor={id}>Speed</label>
      <select id={id} {...props}>
        <option value="1">real time</option>
        <option value="10">10 ×</option>
        <option value="60">60 ×</option>
      </select>
    </div>
  )
}
