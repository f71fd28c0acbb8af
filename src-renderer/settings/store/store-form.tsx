import { type Settings } from '../../../src-shared/contract/settings.ts'
import { TLS_MODES, type StoreSettings } from '../../../src-shared/contract/store.ts'
import { StoreSentences, useStoreText } from '../../status/store-status.tsx'
import { useDashboard } from '../../app/workbench.ts'
import { Segments } from '../../controls/field.tsx'
import { useStore } from '../../state-store.ts'
import { isFixed } from '../form/form-controller.ts'
import styles from '../form/form.module.css'
import {
  FormFields,
  Now,
  secretGoesText,
  secretIsText,
  secretSentence,
  SettingsForm,
  type FormRow,
} from '../form/settings-form.tsx'
import page from '../settings-page.module.css'
import {
  isKept,
  storeCheckTitles,
  tlsNames,
  tlsOf,
  tlsText,
  USUAL_PORT,
  type StoreController,
  type StoreFields,
  type StoreFormState,
} from './store-controller.ts'

const kinds = [
  { value: 'sqlite', label: 'This computer' },
  { value: 'postgres', label: 'PostgreSQL' },
] as const

const about = {
  postgres: 'Use goes through the same steps as Check, and changes nothing where one fails.',
  sqlite: 'Use goes over to the file, and fetches into it. What the database has stays there.',
}

interface StoreFormProps {
  readonly form: StoreController
  /** Where a password can be kept; undefined until that is known. */
  readonly secrets: Settings['secrets'] | undefined
  readonly onClose: () => void
}

/** Where tickets are kept: on this computer or in a team's database, with the way to another choice. */
export function StoreForm({ form, secrets, onClose }: StoreFormProps): React.ReactNode {
  const state = useStore(form.store, (all) => all)
  const { kind } = state.fields
  const used = state.settings?.store.kind
  const isFileUsed = kind === 'sqlite' && used === 'sqlite'
  return (
    <SettingsForm
      label="Store"
      form={form}
      state={kind === 'postgres' ? state : { ...state, steps: [] }}
      titles={storeCheckTitles}
      canCheck={kind === 'postgres'}
      take={{ verb: 'Use', underWay: 'Going over…', disabled: isFixed(state) || isFileUsed }}
      about={isFileUsed ? 'This file is used now. There is nothing to check.' : about[kind]}
      onClose={onClose}
    >
      <section className={page['section']} aria-labelledby="settings-store">
        <h2 id="settings-store">Store</h2>
        <StoreNow settings={state.settings} secrets={secrets} />
        {!isFixed(state) && (
          <div>
            <Segments
              label="Keep tickets in"
              value={kind}
              options={kinds}
              onChange={(chosen) => form.edit({ kind: chosen })}
            />
          </div>
        )}
        {kind === 'postgres' && (
          <FormFields
            form={form}
            rows={serverRows(state, secrets)}
            certificates="A PEM file that is believed besides the system’s own, for a server with your company’s certificate, or a cloud’s."
          />
        )}
        {kind === 'sqlite' && used === 'postgres' && (
          <p className="quiet">
            An SQLite file in this program’s own folder, for one person. It needs no server and no password.
          </p>
        )}
      </section>
    </SettingsForm>
  )
}

type StoreNowProps = Pick<StoreFormProps, 'secrets'> & Pick<StoreFormState, 'settings'>

function StoreNow({ settings, secrets }: StoreNowProps): React.ReactNode {
  const status = useDashboard((state) => state.storeStatus)
  if (settings === null || secrets === undefined) return <Now text={null} />
  const isDown = status !== null && (status.failure !== null || status.insteadOf !== null)
  return (
    <Now text={storeNowText(settings, secrets, isDown)} fixedBy={settings.fixedBy}>
      <Trouble />
    </Now>
  )
}

function Trouble(): React.ReactNode {
  const store = useStoreText()
  if (store === null) return null
  return (
    <div className={styles['failure']} data-tone={store.tone}>
      <StoreSentences store={store} />
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
  const isOne = !host.includes(',')
  const server = (isOne && host.includes(':') ? `[${host}]` : host) + (port === USUAL_PORT ? '' : `:${port}`)
  const password = secretSentence('password', passwordIn, secrets, 'No password is kept, and none is sent.')
  const is = isDown ? `is set as ${user}, but cannot be used` : `is used as ${user}`
  return `PostgreSQL at ${server}/${database} ${is}. ${password}`
}

/** Where a PostgreSQL server is, which of its databases, who asks it, and how the way to it is kept safe. */
function serverRows(
  { settings, fields }: StoreFormState,
  secrets: StoreFormProps['secrets'],
): FormRow<keyof StoreFields>[] {
  const kept = settings !== null && isKept(settings, fields)
  const tls = tlsOf(fields)
  return [
    [
      {
        name: 'host',
        label: 'Host',
        inputMode: 'url',
        maxLength: 1024,
        placeholder: 'db.example.com',
        hint: 'Several servers of one database with commas between: the one that takes writes is used.',
      },
      { name: 'port', label: 'Port', inputMode: 'numeric', placeholder: '5432', short: true },
    ],
    [
      { name: 'database', label: 'Database', placeholder: 'jira_tpm' },
      { name: 'user', label: 'User' },
    ],
    {
      name: 'password',
      label: 'Password',
      type: 'password',
      autoComplete: 'new-password',
      maxLength: 1024,
      placeholder: kept ? secretIsText(settings.passwordIn) : '',
      hint: `Leave it empty where the server asks for none. ${secretGoesText(secrets, settings?.passwordIn)}`,
    },
    {
      name: 'tls',
      label: 'Encryption',
      hint: tlsText(tls),
      value: tls,
      options: TLS_MODES.map((mode) => [mode, tlsNames[mode]]),
    },
  ]
}
