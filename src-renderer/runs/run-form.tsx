import { Shuffle } from 'lucide-react'
import { useDeferredValue, useId, useMemo, useState } from 'react'
import type { RunRequest } from '../../src-shared/contract/runs.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { closeRunForm, RUN_BUTTON_ID } from '../app/view-state.ts'
import { useDashboard, useView, useWorkbench } from '../app/workbench.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { Confirm } from '../controls/modal.tsx'
import { PlanChart } from './minute-chart.tsx'
import { ProfileFields, TypedField } from './profile-fields.tsx'
import { drawSeed, fieldsOf, newFields, SPEEDS, type FormProps, type RunFields } from './run-fields.ts'
import styles from './run-form.module.css'
import { plannedRun, type RunPreview } from './run-preview.ts'
import { startQuestion, startText } from './run-text.ts'

/**
 * What the next run shall be, with the plan that follows from it: the plan that is shown is exactly the run that is
 * started. In a real Jira it asks before it starts.
 */
export function RunForm({ session }: { session: Session }): React.ReactNode {
  const { orders, view } = useWorkbench()
  const starting = useDashboard((state) => state.pending.includes('start'))
  const [fields, setFields] = useDraftedFields()
  // What it took the place of can be gone back to.
  const canClose = useDashboard((state) => state.run !== null) && !starting
  const planId = useId()
  const [toConfirm, setToConfirm] = useState<RunPreview | null>(null)
  // A large plan takes a moment to work out, and typing goes before it.
  const read = useDeferredValue(fields)
  const { planned, problems } = useMemo(() => plannedRun(read), [read])
  const form: FormProps = {
    fields,
    problems: problems ?? {},
    onChange: (part) => setFields((now) => ({ ...now, ...part })),
  }

  function start(request: RunRequest): void {
    orders.startRun(request, () => view.put({ runForm: false, runDraft: null }))
  }

  return (
    <>
      <form
        className={styles['form']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          const now = plannedRun(fields).planned
          if (now === null || starting) return
          if (session.site.kind === 'sandbox') start(now.request)
          else setToConfirm(now)
        }}
      >
        <RunFieldsOf form={form} planned={planned} isSandbox={session.site.kind === 'sandbox'} />
        <div className={styles['foot']}>
          <PlanChart id={planId} planned={planned} />
          <div className={styles['start']}>
            <Button
              id={RUN_BUTTON_ID}
              kind="primary"
              type="submit"
              aria-describedby={planId}
              aria-disabled={starting}
              disabled={planned === null}
            >
              {starting ? 'Starting…' : 'Start run'}
            </Button>
            {canClose && <Button onClick={() => closeRunForm(view)}>Close</Button>}
          </div>
        </div>
      </form>
      {toConfirm && (
        <StartRun
          session={session}
          planned={toConfirm}
          onConfirm={start}
          onClose={() => setToConfirm(null)}
        />
      )}
    </>
  )
}

/** The form's fields; those of an earlier run whenever that is asked for again. */
function useDraftedFields(): [RunFields, React.Dispatch<React.SetStateAction<RunFields>>] {
  const draft = useView((state) => state.runDraft)
  const [taken, setTaken] = useState(draft)
  const [fields, setFields] = useState(() => (draft ? fieldsOf(draft) : newFields(drawSeed())))
  if (draft !== taken) {
    setTaken(draft)
    if (draft) setFields(fieldsOf(draft))
  }
  return [fields, setFields]
}

interface RunFieldsProps {
  readonly form: FormProps
  readonly planned: RunPreview | null
  readonly isSandbox: boolean
}

function RunFieldsOf({ form, planned, isSandbox }: RunFieldsProps): React.ReactNode {
  return (
    <>
      <div className={styles['pair']}>
        <TypedField
          {...form}
          name="count"
          label="Tickets"
          inputMode="numeric"
          placeholder={sizeHint(planned?.count)}
        />
        <TypedField
          {...form}
          name="minutes"
          label="Minutes"
          inputMode="decimal"
          placeholder={sizeHint(planned?.minutes)}
        />
      </div>
      <ProfileFields {...form} />
      <div className={styles['pair']}>
        <SeedField {...form} />
        {isSandbox && <SpeedField {...form} />}
      </div>
      <MoreFields {...form} />
    </>
  )
}

/** Shown where a field is left empty: what the profile brings of its own. */
function sizeHint(own: number | undefined): string {
  return own === undefined ? '' : own.toLocaleString('en-GB', { maximumFractionDigits: 2 })
}

function SpeedField({ fields, onChange }: FormProps): React.ReactNode {
  return (
    <Field label="Speed">
      {(control) => (
        <select
          {...control}
          value={fields.speed}
          onChange={(event) => onChange({ speed: event.target.value })}
        >
          {SPEEDS.map((rate) => (
            <option key={rate} value={rate}>
              {rate === 1 ? 'real time' : `${rate} ×`}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

interface StartRunProps {
  readonly session: Session
  readonly planned: RunPreview
  readonly onConfirm: (request: RunRequest) => void
  readonly onClose: () => void
}

/** Asks before tickets are made in a Jira that other people use; the answer holds for this site only. */
function StartRun({ session, planned, onConfirm, onClose }: StartRunProps): React.ReactNode {
  return (
    <Confirm
      title={startQuestion(session, planned)}
      action="Start run"
      keep="Make none"
      onConfirm={() => onConfirm({ ...planned.request, confirmedSite: session.site.id })}
      onClose={onClose}
    >
      {startText(session, planned)}
    </Confirm>
  )
}

/** The number from which the whole plan follows: the same one gives the same run. */
function SeedField(props: FormProps): React.ReactNode {
  return (
    <div className={styles['seed']}>
      <TypedField {...props} name="seed" label="Seed" inputMode="numeric" />
      <IconButton
        icon={Shuffle}
        label="Draw another seed"
        onClick={() => props.onChange({ seed: String(drawSeed()) })}
      />
    </div>
  )
}

/** What few runs need: which priorities, issue types and projects come how often. */
function MoreFields(props: FormProps): React.ReactNode {
  const { priorities, types, projects } = props.problems
  const [open, setOpen] = useState(false)
  return (
    <details
      className={styles['more']}
      // What is wrong must be seen, and what an earlier run brings along.
      open={open || props.fields.projects !== '' || (priorities ?? types ?? projects) !== undefined}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>More</summary>
      <div className={styles['form']}>
        <TypedField
          {...props}
          name="priorities"
          label="Priorities, by weight"
          placeholder={props.fields.profile === 'replay' ? 'as in the file' : 'Highest 1, High 2, Medium 4'}
          hint="Empty: as they usually come."
        />
        <TypedField
          {...props}
          name="types"
          label="Issue types, by weight"
          placeholder="Bug 3, Task 1"
          hint="Empty: the project’s usual one."
        />
        <TypedField
          {...props}
          name="projects"
          label="Projects, by weight"
          placeholder="OPS 2, TPM 1"
          hint="Empty: the one that is watched."
        />
      </div>
    </details>
  )
}
