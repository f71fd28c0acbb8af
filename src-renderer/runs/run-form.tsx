import { Shuffle } from 'lucide-react'
import { useDeferredValue, useId, useMemo, useState } from 'react'
import type { RunRequest } from '../../src-shared/contract/runs/runs.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { closeRunForm, RUN_BUTTON_ID, useDashboard, useView, useWorkbench } from '../app/workbench.ts'
import { Button, IconButton } from '../controls/button.tsx'
import fieldStyles from '../controls/field.module.css'
import { CheckField, SelectField } from '../controls/field.tsx'
import { Confirm } from '../controls/modal.tsx'
import { PlanChart } from './plan-chart.tsx'
import { ProfileFields, TypedField } from './profile-fields.tsx'
import { drawSeed, fieldsOf, newFields, SPEEDS, type FormProps, type RunFields } from './run-fields.ts'
import styles from './run-form.module.css'
import { watchedText } from './run-outline.ts'
import { plannedRun, type RunPreview } from './run-request.ts'
import { startQuestion, startText } from './run-text.ts'

const speeds = SPEEDS.map((rate) => [String(rate), rate === 1 ? 'real time' : `${rate} ×`] as const)

/** What few runs need: which priorities, issue types and projects come how often. */
const weightFields = [
  ['priorities', 'Priorities, by weight', 'Highest 1, High 2, Medium 4', 'Empty: as they usually come.'],
  ['types', 'Issue types, by weight', 'Bug 3, Task 1', 'Empty: the project’s usual one.'],
  ['projects', 'Projects, by weight', 'OPS 2, TPM 1', 'Empty: the one that is watched.'],
] as const

/**
 * What the next run shall be, with the plan that follows from it: the plan that is shown is exactly the run that is
 * started. In a real Jira it asks before it starts.
 */
export function RunForm({ session }: { session: Session }): React.ReactNode {
  const { orders, view } = useWorkbench()
  const starting = useDashboard((state) => state.pending.includes('start'))
  const isSandbox = session.site.kind === 'sandbox'
  const [fields, setFields] = useDraftedFields(isSandbox)
  const [toConfirm, setToConfirm] = useState<RunPreview | null>(null)
  // A large plan takes a moment to work out, and typing goes before it.
  const read = useDeferredValue(fields)
  const { planned, problems } = useMemo(() => plannedRun(read), [read])

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
          if (isSandbox) start(now.request)
          else setToConfirm(now)
        }}
      >
        <RunFieldsOf
          fields={fields}
          problems={problems ?? {}}
          onChange={(part) => setFields((now) => ({ ...now, ...part }))}
          planned={planned}
          session={session}
        />
        <FormFoot planned={planned} starting={starting} session={session} />
      </form>
      {/* Before tickets are made in a Jira that other people use; the answer holds for this site only. */}
      {toConfirm && (
        <Confirm
          title={startQuestion(session, toConfirm)}
          action="Start run"
          keep="Make none"
          onConfirm={() => start({ ...toConfirm.request, confirmedSite: session.site.id })}
          onClose={() => setToConfirm(null)}
        >
          {startText(session, toConfirm)}
        </Confirm>
      )}
    </>
  )
}

interface FootProps {
  readonly planned: RunPreview | null
  readonly starting: boolean
  readonly session: Session
}

function FormFoot({ planned, starting, session }: FootProps): React.ReactNode {
  const { view } = useWorkbench()
  const isSandbox = session.site.kind === 'sandbox'
  // What it took the place of can be gone back to.
  const canClose = useDashboard((state) => state.run !== null || !isSandbox) && !starting
  const planId = useId()
  return (
    <div className={styles['foot']}>
      <PlanChart id={planId} planned={planned} session={session} />
      <div className={styles['start']}>
        <Button
          id={RUN_BUTTON_ID}
          // Tickets in a Jira that others use are not the first thing to do.
          kind={isSandbox ? 'primary' : 'plain'}
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
  )
}

/** The form's fields; those of an earlier run whenever that is asked for again. `onlyWatched`: what is usual here. */
function useDraftedFields(
  onlyWatched: boolean,
): [RunFields, React.Dispatch<React.SetStateAction<RunFields>>] {
  const draft = useView((state) => state.runDraft)
  const [taken, setTaken] = useState(draft)
  const [fields, setFields] = useState(() => (draft ? fieldsOf(draft) : newFields(drawSeed(), onlyWatched)))
  if (draft !== taken) {
    setTaken(draft)
    if (draft) setFields(fieldsOf(draft))
  }
  return [fields, setFields]
}

function RunFieldsOf(props: FormProps & { planned: RunPreview | null; session: Session }): React.ReactNode {
  const { planned, session, ...form } = props
  const isSandbox = session.site.kind === 'sandbox'
  const { count, minutes } = planned ?? {}
  return (
    <>
      <div className={fieldStyles['pair']}>
        <TypedField
          {...form}
          name="count"
          label="Tickets"
          inputMode="numeric"
          placeholder={sizeHint(count)}
        />
        <TypedField
          {...form}
          name="minutes"
          label="Minutes"
          inputMode="decimal"
          placeholder={sizeHint(minutes)}
        />
      </div>
      <ProfileFields {...form} />
      <CheckField
        label={`Only ${watchedText(session)}`}
        checked={form.fields.onlyWatched}
        onChange={(onlyWatched) => form.onChange({ onlyWatched })}
      />
      <DrillFields {...form} />
      <div className={fieldStyles['pair']}>
        {/* The number from which the whole plan follows: the same one gives the same run. */}
        <div className={styles['seed']}>
          <TypedField {...form} name="seed" label="Seed" inputMode="numeric" />
          <IconButton
            icon={Shuffle}
            label="Draw another seed"
            onClick={() => form.onChange({ seed: String(drawSeed()) })}
          />
        </div>
        {isSandbox && (
          <SelectField
            label="Speed"
            options={speeds}
            value={form.fields.speed}
            onChange={(event) => form.onChange({ speed: event.target.value })}
          />
        )}
      </div>
      <MoreFields {...form} />
    </>
  )
}

/** Whether the run rehearses an alarm, and how soon that has to come. */
function DrillFields(form: FormProps): React.ReactNode {
  const { isDrill } = form.fields
  return (
    <>
      <CheckField
        label="A drill: an alarm has to ring"
        checked={isDrill}
        onChange={(checked) => form.onChange({ isDrill: checked })}
      />
      {isDrill && (
        <TypedField
          {...form}
          name="drillWithin"
          label="Minutes after the storm began, at most"
          inputMode="decimal"
          hint="Alert rules count its tickets; what they send says REHEARSAL."
        />
      )}
    </>
  )
}

/** Shown where a field is left empty: what the profile brings of its own. */
function sizeHint(own: number | undefined): string {
  return own === undefined ? '' : own.toLocaleString('en-GB', { maximumFractionDigits: 2 })
}

function MoreFields(props: FormProps): React.ReactNode {
  const { fields, problems } = props
  const [open, setOpen] = useState(false)
  const isWrong = weightFields.some(([name]) => problems[name] !== undefined)
  return (
    <details
      className={fieldStyles['more']}
      // What is wrong must be seen, and what an earlier run brings along.
      open={open || fields.projects !== '' || isWrong}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>More</summary>
      <div className={styles['form']}>
        {weightFields.map(([name, label, example, hint]) => (
          <TypedField
            {...props}
            key={name}
            name={name}
            label={label}
            placeholder={name === 'priorities' && fields.profile === 'replay' ? 'as in the file' : example}
            hint={hint}
          />
        ))}
      </div>
    </details>
  )
}
