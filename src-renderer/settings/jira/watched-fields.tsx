import { useDashboard } from '../../app/workbench.ts'
import { Field } from '../../controls/field.tsx'
import { isFixed } from '../form/form-state.ts'
import styles from '../form/form.module.css'
import page from '../settings-page.module.css'
import { useJiraDesk, useJiraDeskState } from './jira-desk-context.ts'
import { valuesOf, watchOf } from './jira-fields.ts'

/** Which field decides what is urgent, and which of its values are. What there is to choose from, the check finds. */
export function WatchedFields(): React.ReactNode {
  const desk = useJiraDesk()
  const choices = useJiraDeskState((state) => state.choices)
  const watch = useJiraDeskState((state) => state.fields.watch)
  const fixed = useJiraDeskState(isFixed)
  const problem = useJiraDeskState((state) => state.problems.watch)
  if (choices.fields.length === 0) return <WatchedNow />
  return (
    <div className={styles['watched']}>
      <Field label="Field">
        {(control) => (
          <select
            {...control}
            disabled={fixed}
            value={watch.field.id}
            onChange={(event) => desk.edit({ watch: watchOf(choices, event.target.value) })}
          >
            {choices.fields.map(({ field }) => (
              <option key={field.id} value={field.id}>
                {field.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <fieldset disabled={fixed}>
        <legend>Values that are counted</legend>
        <div className={styles['values']}>
          {valuesOf(choices, watch.field.id).map(({ id, name }) => (
            <label key={id} className={styles['check']}>
              <input
                type="checkbox"
                checked={watch.ids.includes(id)}
                onChange={(event) =>
                  desk.edit({ watch: { ...watch, ids: withOrWithout(watch.ids, id, event.target.checked) } })
                }
              />
              {name}
            </label>
          ))}
        </div>
        {problem !== undefined && (
          <p className={styles['problem']} role="alert">
            {problem}
          </p>
        )}
      </fieldset>
    </div>
  )
}

/** What is watched, as long as nothing can be chosen. */
function WatchedNow(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  return (
    <div className={styles['watched']}>
      {session && (
        <p>
          {session.watchedField.name}: {session.watched.map(({ name }) => name).join(', ')}
        </p>
      )}
      <p className={page['quiet']}>
        High and Highest are chosen by their names. A check shows what else this Jira has, such as a severity
        field.
      </p>
    </div>
  )
}

function withOrWithout(ids: readonly string[], id: string, wanted: boolean): string[] {
  return wanted ? [...ids, id] : ids.filter((other) => other !== id)
}
