import { useState } from 'react'
import type { PreflightStep, Settings } from '../../../src-shared/contract/settings.ts'
import { useDashboard } from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { CheckField, SelectField } from '../../controls/field.tsx'
import { Confirm } from '../../controls/modal.tsx'
import { isFixed } from '../form/form-controller.ts'
import styles from '../form/form.module.css'
import {
  FormFields,
  Now,
  secretGoesText,
  secretIsText,
  secretSentence,
  SettingsForm,
  type FormField,
  type FormRow,
} from '../form/settings-form.tsx'
import page from '../settings-page.module.css'
import {
  isKept,
  preflightTexts,
  tokenPage,
  valuesOf,
  watchOf,
  type JiraController,
  type JiraFields,
  type JiraFormState,
} from './jira-controller.ts'

interface PartProps {
  readonly form: JiraController
  readonly state: JiraFormState
}

/** That it is a Jira, who asks it, and what is watched. */
const GIST: ReadonlySet<string> = new Set(['server', 'identity', 'watched'] satisfies PreflightStep['id'][])

/** The Jira that is watched and what of it is, and the way to another choice. */
export function ConnectionForm(props: PartProps & { onClose: () => void }): React.ReactNode {
  const { form, state, onClose } = props
  const fixed = isFixed(state)
  return (
    <SettingsForm
      label="Jira"
      form={form}
      state={state}
      titles={preflightTexts.titles}
      gist={GIST}
      canCheck={!fixed || state.settings?.jira !== null}
      take={{ verb: 'Connect', underWay: 'Connecting…', disabled: fixed }}
      about="Connect goes through the same steps as Check, and changes nothing where one fails."
      onClose={onClose}
    >
      <section className={page['section']} aria-labelledby="settings-jira">
        <h2 id="settings-jira">Jira</h2>
        <JiraNow form={form} state={state} />
        <FormFields
          form={form}
          rows={accountRows(state)}
          certificates="A PEM file that is believed besides the system’s own, for a server with a company’s certificate."
        />
      </section>
      <section className={page['section']} aria-labelledby="settings-watched">
        <h2 id="settings-watched">Watched</h2>
        {state.choices.fields.length === 0 ? <WatchedNow /> : <WatchedFields form={form} state={state} />}
      </section>
    </SettingsForm>
  )
}

function JiraNow({ form, state: { settings, busy } }: PartProps): React.ReactNode {
  const [asking, setAsking] = useState(false)
  if (settings === null) return <Now text={null} />
  const { failure, fixedBy, jira } = settings
  return (
    <Now text={nowText(settings)} fixedBy={fixedBy}>
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
      {asking && <UseSandbox form={form} settings={settings} onClose={() => setAsking(false)} />}
    </Now>
  )
}

interface UseSandboxProps {
  readonly form: JiraController
  readonly settings: Settings
  readonly onClose: () => void
}

/** Asks before a Jira is left, and whether its token stays. */
function UseSandbox({ form, settings: { jira, tokenIn }, onClose }: UseSandboxProps): React.ReactNode {
  const [forget, setForget] = useState(false)
  return (
    <Confirm
      title="Go back to the sandbox?"
      action="Use the sandbox"
      keep="Stay connected"
      onConfirm={() => form.leave(forget)}
      onClose={onClose}
    >
      Nothing more is fetched from {hostOf(jira?.url ?? '')}. What was fetched stays stored, and is there
      again when you connect again.
      {(tokenIn === 'keychain' || tokenIn === 'safe-storage') && (
        <CheckField label="Delete its token from this computer, too" checked={forget} onChange={setForget} />
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

type AccountField = Exclude<keyof JiraFields, 'watch'>

/** Where Jira is, who asks it, and by which token, which can be given here and never comes back. */
function accountRows({ settings, fields, choices }: JiraFormState): FormRow<AccountField>[] {
  const kept = settings !== null && isKept(settings, fields)
  const makers = tokenPage(fields)
  return [
    {
      name: 'url',
      label: 'Site URL',
      inputMode: 'url',
      placeholder: 'https://your-site.atlassian.net',
      hint: 'As you open Jira in a browser.',
    },
    {
      name: 'user',
      label: 'E-mail',
      inputMode: 'email',
      maxLength: 254,
      hint: 'Of your Atlassian account. Leave it empty for Data Center.',
    },
    {
      name: 'token',
      label: 'API token',
      type: 'password',
      autoComplete: 'new-password',
      maxLength: 4096,
      placeholder: kept ? secretIsText(settings.tokenIn) : '',
      hint: (
        <>
          Made in{' '}
          <a href={makers} target="_blank" rel="noreferrer">
            {makers.includes('id.atlassian.com') ? 'your Atlassian account' : 'your Jira profile'}
          </a>
          . {secretGoesText(settings?.secrets, settings?.tokenIn)}
        </>
      ),
    },
    [
      {
        name: 'tokenExpiresOn',
        label: 'Token’s last day',
        type: 'date',
        hint: 'You are warned 14 days ahead.',
      },
      projectField(choices.projects, fields.projectKey.toUpperCase()),
    ],
  ]
}

/** The project that is watched: typed before the projects are known, chosen afterwards. */
function projectField(
  projects: JiraFormState['choices']['projects'],
  chosen: string,
): FormField<AccountField> {
  const field = { name: 'projectKey', label: 'Project' } as const
  if (projects.length === 0) {
    return { ...field, maxLength: 32, placeholder: 'every project', hint: 'Empty: every one you see.' }
  }
  const unknown = chosen !== '' && projects.every(({ key }) => key !== chosen)
  return {
    ...field,
    value: chosen,
    hint: 'All that you see, or one of them.',
    options: [
      ['', 'Every project'],
      ...(unknown ? [[chosen, chosen] as const] : []),
      ...projects.map(({ key, name }) => [key, `${key} · ${name}`] as const),
    ],
  }
}

/** Which field decides what is urgent, and which of its values are, as far as the last check found them. */
function WatchedFields({ form, state }: PartProps): React.ReactNode {
  const { choices, problems } = state
  const { watch } = state.fields
  const fixed = isFixed(state)
  const put = (id: string, wanted: boolean): void => {
    const others = watch.ids.filter((other) => other !== id)
    form.edit({ watch: { ...watch, ids: wanted ? [...others, id] : others } })
  }
  return (
    <div className={styles['watched']}>
      <SelectField
        label="Field"
        options={choices.fields.map(({ field }) => [field.id, field.name])}
        disabled={fixed}
        value={watch.field.id}
        onChange={(event) => form.edit({ watch: watchOf(choices, event.target.value) })}
      />
      <fieldset disabled={fixed}>
        <legend>Values that are counted</legend>
        <div className={styles['values']}>
          {valuesOf(choices, watch.field.id).map(({ id, name }) => (
            <CheckField
              key={id}
              label={name}
              checked={watch.ids.includes(id)}
              onChange={(checked) => put(id, checked)}
            />
          ))}
        </div>
        {problems.watch !== undefined && (
          <p className={styles['problem']} role="alert">
            {problems.watch}
          </p>
        )}
      </fieldset>
    </div>
  )
}

function WatchedNow(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  return (
    <div className={styles['watched']}>
      {session && (
        <p>
          {session.watchedField.name}: {session.watched.map(({ name }) => name).join(', ')}
        </p>
      )}
      <p className="quiet">
        High and Highest are chosen by their names. A check shows what else this Jira has, such as a severity
        field.
      </p>
    </div>
  )
}
