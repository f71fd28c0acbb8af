import { type Settings } from '../../../src-shared/contract/settings.ts'
import { TLS_MODES, type StoreSettings } from '../../../src-shared/contract/store.ts'
import { StoreAction, useStoreText } from '../../app/store-status.tsx'
import { useDashboard } from '../../app/workbench.ts'
import { Field } from '../../controls/field.tsx'
import { Segments } from '../../controls/segments.tsx'
import { isFixed } from '../form/form-state.ts'
import styles from '../form/form.module.css'
import { secretGoesText, secretIsText, secretSentence } from '../form/secret-text.ts'
import { CheckPanel, SettingsForm } from '../form/settings-form.tsx'
import { CertificateFile, TextField } from '../form/text-field.tsx'
import { useJiraFormState } from '../jira/jira-controller.ts'
import page from '../settings-page.module.css'
import { storeCheckTitles, useStoreController, useStoreFormState, useStoreField } from './store-controller.ts'
import { isKept, tlsNames, tlsOf, tlsText, USUAL_PORT } from './store-fields.ts'

const kinds = [
  { value: 'sqlite', label: 'This computer' },
  { value: 'postgres', label: 'PostgreSQL' },
] as const

const about = {
  postgres: 'Use goes through the same steps as Check, and changes nothing where one fails.',
  sqlite: 'Use goes over to the file, and fetches into it. What the database has stays there.',
}

/** Where tickets are kept: on this computer or in a team's database, and beside it the way to another choice. */
export function StoreForm({ onClose }: { onClose: () => void }): React.ReactNode {
  const controller = useStoreController()
  const fixed = useStoreFormState(isFixed)
  const kind = useStoreFormState((state) => state.fields.kind)
  const leavesServer = useStoreFormState(({ settings }) => settings?.store.kind === 'postgres')
  return (
    <SettingsForm label="Store" check={<StoreCheck onClose={onClose} />} onSubmit={controller.use}>
      <section className={page['section']} aria-labelledby="settings-store">
        <h2 id="settings-store">Store</h2>
        <StoreNow />
        {!fixed && (
          <div>
            <Segments
              label="Keep tickets in"
              value={kind}
              options={kinds}
              onChange={(chosen) => controller.edit({ kind: chosen })}
            />
          </div>
        )}
        {kind === 'postgres' && <ServerFields />}
        {kind === 'sqlite' && leavesServer && (
          <p className={page['quiet']}>
            An SQLite file in this program’s own folder, for one person. It needs no server and no password.
          </p>
        )}
      </section>
    </SettingsForm>
  )
}

function StoreCheck({ onClose }: { onClose: () => void }): React.ReactNode {
  const controller = useStoreController()
  const state = useStoreFormState((all) => all)
  const { kind } = state.fields
  const isUsed = kind === 'sqlite' && state.settings?.store.kind === 'sqlite'
  return (
    <CheckPanel
      of="settings-store"
      busy={state.busy}
      outcome={state.outcome}
      steps={kind === 'postgres' ? state.steps : []}
      titles={storeCheckTitles}
      take={{ verb: 'Use', underWay: 'Going over…', disabled: isFixed(state) || isUsed }}
      onCheck={kind === 'postgres' ? controller.check : null}
      about={isUsed ? 'This file is used now. There is nothing to check.' : about[kind]}
      onClose={onClose}
    />
  )
}

/** The store that is set, where its password is, and what is wrong with it or stands in for it. */
function StoreNow(): React.ReactNode {
  const settings = useStoreFormState((state) => state.settings)
  const secrets = useJiraFormState((state) => state.settings?.secrets)
  const status = useDashboard((state) => state.storeStatus)
  if (settings === null || secrets === undefined) return <div className={styles['now']} />
  const isDown = status !== null && (status.failure !== null || status.insteadOf !== null)
  return (
    <div className={styles['now']}>
      <p>{storeNowText(settings, secrets, isDown)}</p>
      {settings.fixedBy !== null && (
        <p className={page['quiet']}>
          Fixed by {settings.fixedBy}: start Jira TPM without it to choose another one here.
        </p>
      )}
      <Trouble />
    </div>
  )
}

function Trouble(): React.ReactNode {
  const words = useStoreText()
  if (words === null) return null
  return (
    <div className={styles['failure']} data-tone={words.tone}>
      <p>
        <b>
          {words.title}
          {words.lasts !== '' && `, ${words.lasts}`}.
        </b>{' '}
        {words.text} {words.more}
      </p>
      <StoreAction />
    </div>
  )
}

/** Where tickets are kept and where the password is, in a sentence or two. `isDown`: it is set, but cannot be used. */
export function storeNowText(
  { store, passwordIn }: StoreSettings,
  secrets: Settings['secrets'],
  isDown: boolean,
): string {
  if (store.kind === 'sqlite') {
    return `Tickets are kept in ${store.label}, a file on this computer. A PostgreSQL database can take its place, for everyone to see the same.`
  }
  const { host, port, database, user } = store
  const server = (host.includes(':') ? `[${host}]` : host) + (port === USUAL_PORT ? '' : `:${port}`)
  const password = secretSentence('password', passwordIn, secrets, 'No password is kept, and none is sent.')
  const is = isDown ? `is set as ${user}, but cannot be used` : `is used as ${user}`
  return `PostgreSQL at ${server}/${database} ${is}. ${password}`
}

/** Where a PostgreSQL server is, which of its databases, who asks it, and how the way to it is kept safe. */
function ServerFields(): React.ReactNode {
  return (
    <div className={styles['fields']}>
      <div className={styles['wide-pair']}>
        <TextField
          field={useStoreField('host')}
          label="Host"
          inputMode="url"
          maxLength={255}
          placeholder="db.example.com"
        />
        <TextField field={useStoreField('port')} label="Port" inputMode="numeric" placeholder="5432" />
      </div>
      <div className={styles['pair']}>
        <TextField field={useStoreField('database')} label="Database" placeholder="jira_tpm" />
        <TextField field={useStoreField('user')} label="User" />
      </div>
      <PasswordField />
      <EncryptionField />
      <CertificateFile
        field={useStoreField('caFile')}
        hint="A PEM file that is believed besides the system’s own, for a server with your company’s certificate, or a cloud’s."
      />
    </div>
  )
}

/** The password: it can be given here, but never comes back. */
function PasswordField(): React.ReactNode {
  const settings = useStoreFormState((state) => state.settings)
  const fields = useStoreFormState((state) => state.fields)
  const secrets = useJiraFormState((state) => state.settings?.secrets)
  const kept = settings !== null && isKept(settings, fields)
  return (
    <TextField
      field={useStoreField('password')}
      label="Password"
      type="password"
      autoComplete="new-password"
      maxLength={1024}
      placeholder={kept ? secretIsText(settings.passwordIn) : ''}
      hint={`Leave it empty where the server asks for none. ${secretGoesText(secrets)}`}
    />
  )
}

function EncryptionField(): React.ReactNode {
  const { control: field, problem } = useStoreField('tls')
  const mode = useStoreFormState((state) => tlsOf(state.fields))
  return (
    <Field label="Encryption" hint={tlsText(mode)} problem={problem}>
      {(control) => (
        <select {...control} {...field} value={mode}>
          {TLS_MODES.map((one) => (
            <option key={one} value={one}>
              {tlsNames[one]}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
