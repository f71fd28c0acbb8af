import { TLS_MODES } from '../../../src-shared/contract/settings-models.ts'
import { Field } from '../../controls/field.tsx'
import { CertificateFile } from '../form/certificate-file.tsx'
import styles from '../form/form.module.css'
import { secretGoesWords, secretIsWords } from '../form/secret-words.ts'
import { TextField } from '../form/text-field.tsx'
import { useJiraDeskState } from '../jira/jira-desk-context.ts'
import { useStoreDeskState, useStoreField } from './store-desk-context.ts'
import { isKept, tlsOf } from './store-fields.ts'
import { tlsNames, tlsWords } from './tls-words.ts'

/** Where a PostgreSQL server is, which of its databases, who asks it, and how the way to it is kept safe. */
export function ServerFields(): React.ReactNode {
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
  const settings = useStoreDeskState((state) => state.settings)
  const fields = useStoreDeskState((state) => state.fields)
  const secrets = useJiraDeskState((state) => state.settings?.secrets)
  const kept = settings !== null && isKept(settings, fields)
  return (
    <TextField
      field={useStoreField('password')}
      label="Password"
      type="password"
      autoComplete="new-password"
      maxLength={1024}
      placeholder={kept ? secretIsWords(settings.passwordIn) : ''}
      hint={`Leave it empty where the server asks for none. ${secretGoesWords(secrets)}`}
    />
  )
}

function EncryptionField(): React.ReactNode {
  const { control: field, problem } = useStoreField('tls')
  const mode = useStoreDeskState((state) => tlsOf(state.fields))
  return (
    <Field label="Encryption" hint={tlsWords(mode)} problem={problem}>
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
