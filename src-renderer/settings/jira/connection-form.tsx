import { useState } from 'react'
import type { Settings } from '../../../src-shared/contract/settings.ts'
import { useDashboard } from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { Field } from '../../controls/field.tsx'
import { Confirm } from '../../controls/modal.tsx'
import { isFixed } from '../form/form-state.ts'
import styles from '../form/form.module.css'
import { secretSentence } from '../form/secret-text.ts'
import { CheckPanel, SettingsForm } from '../form/settings-form.tsx'
import page from '../settings-page.module.css'
import { AccountFields } from './account-fields.tsx'
import { preflightTitles, useJiraController, useJiraFormState } from './jira-controller.ts'
import { valuesOf, watchOf } from './jira-fields.ts'

/** The Jira that is watched and what of it is, and beside them the way to another choice. */
export function ConnectionForm({ onClose }: { onClose: () => void }): React.ReactNode {
  const controller = useJiraController()
  return (
    <SettingsForm label="Jira" check={<JiraCheck onClose={onClose} />} onSubmit={controller.connect}>
      <section className={page['section']} aria-labelledby="settings-jira">
        <h2 id="settings-jira">Jira</h2>
        <JiraNow />
        <AccountFields />
      </section>
      <section className={page['section']} aria-labelledby="settings-watched">
        <h2 id="settings-watched">Watched</h2>
        <WatchedFields />
      </section>
    </SettingsForm>
  )
}

function JiraCheck({ onClose }: { onClose: () => void }): React.ReactNode {
  const controller = useJiraController()
  const state = useJiraFormState((all) => all)
  const fixed = isFixed(state)
  const nothing = fixed && state.settings?.jira === null
  return (
    <CheckPanel
      of="settings-jira"
      busy={state.busy}
      outcome={state.outcome}
      steps={state.steps}
      titles={preflightTitles}
      take={{ verb: 'Connect', underWay: 'Connecting…', disabled: fixed }}
      onCheck={nothing ? null : controller.check}
      about="Connect goes through the same steps as Check, and changes nothing where one fails."
      onClose={onClose}
    />
  )
}

/** The Jira that is set, where its token is, and why it is not open or cannot be changed here. */
function JiraNow(): React.ReactNode {
  const settings = useJiraFormState((state) => state.settings)
  const busy = useJiraFormState((state) => state.busy)
  const [asking, setAsking] = useState(false)
  if (settings === null) return <div className={styles['now']} />
  const { failure, fixedBy, jira, secrets, tokenIn } = settings
  return (
    <div className={styles['now']}>
      <p>{nowText(settings)}</p>
      {fixedBy !== null && (
        <p className={page['quiet']}>
          Fixed by {fixedBy}: start Jira TPM without it to choose another one here.
        </p>
      )}
      {secrets.problem !== null && tokenIn !== 'environment' && (
        <p className={styles['warning']}>{secrets.problem}</p>
      )}
      {failure && (
        <p className={styles['failure']}>
          <b>{failure.message}</b> {failure.hint}
        </p>
      )}
      {jira !== null && fixedBy === null && (
        <Button kind="quiet" disabled={busy !== null} onClick={() => setAsking(true)}>
          Use the sandbox
        </Button>
      )}
      {asking && <UseSandbox onClose={() => setAsking(false)} />}
    </div>
  )
}

/** Asks before a Jira is left, and whether its token stays. */
function UseSandbox({ onClose }: { onClose: () => void }): React.ReactNode {
  const controller = useJiraController()
  const settings = useJiraFormState((state) => state.settings)
  const [forget, setForget] = useState(false)
  const host = hostOf(settings?.jira?.url ?? '')
  return (
    <Confirm
      title="Go back to the sandbox?"
      action="Use the sandbox"
      keep="Stay connected"
      onConfirm={() => controller.leave(forget)}
      onClose={onClose}
    >
      Nothing more is fetched from {host}. What was fetched stays stored, and is there again when you connect
      again.
      {(settings?.tokenIn === 'keychain' || settings?.tokenIn === 'safe-storage') && (
        <label className={styles['check']}>
          <input type="checkbox" checked={forget} onChange={(event) => setForget(event.target.checked)} />
          Delete its token from this computer, too
        </label>
      )}
    </Confirm>
  )
}

/** Which Jira is set and where its token is, in a sentence or two. */
export function nowText({ jira, tokenIn, secrets, failure }: Settings): string {
  if (jira === null) return 'The built-in sandbox is watched. A Jira of your own can take its place.'
  const token = secretSentence('token', tokenIn, secrets, 'Its token is nowhere to be found: fill it in.')
  const as = jira.user === null ? '' : ` as ${jira.user}`
  return `${hostOf(jira.url)} is ${failure ? `set${as}, but not open` : `watched${as}`}. ${token}`
}

/** An address as people say it: without the scheme. */
function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '')
}

/** Which field decides what is urgent, and which of its values are. What there is to choose from, the check finds. */
function WatchedFields(): React.ReactNode {
  const controller = useJiraController()
  const choices = useJiraFormState((state) => state.choices)
  const watch = useJiraFormState((state) => state.fields.watch)
  const fixed = useJiraFormState(isFixed)
  const problem = useJiraFormState((state) => state.problems.watch)
  if (choices.fields.length === 0) return <WatchedNow />
  return (
    <div className={styles['watched']}>
      <Field label="Field">
        {(control) => (
          <select
            {...control}
            disabled={fixed}
            value={watch.field.id}
            onChange={(event) => controller.edit({ watch: watchOf(choices, event.target.value) })}
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
                  controller.edit({
                    watch: { ...watch, ids: withOrWithout(watch.ids, id, event.target.checked) },
                  })
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
