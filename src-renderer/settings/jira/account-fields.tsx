import { CertificateFile } from '../form/certificate-file.tsx'
import { TextField } from '../form/text-field.tsx'
import styles from '../form/form.module.css'
import { useJiraField } from './jira-desk-context.ts'
import { ProjectField } from './project-field.tsx'
import { TokenField } from './token-field.tsx'

/** Where Jira is, who asks it, and by which token. */
export function AccountFields(): React.ReactNode {
  return (
    <div className={styles['fields']}>
      <TextField
        field={useJiraField('url')}
        label="Site URL"
        inputMode="url"
        placeholder="https://your-site.atlassian.net"
        hint="As you open Jira in a browser."
      />
      <TextField
        field={useJiraField('user')}
        label="E-mail"
        inputMode="email"
        maxLength={254}
        hint="Of your Atlassian account. Leave it empty for Data Center."
      />
      <TokenField />
      <div className={styles['pair']}>
        <TextField
          field={useJiraField('tokenExpiresOn')}
          label="Token’s last day"
          type="date"
          hint="You are warned 14 days ahead."
        />
        <ProjectField />
      </div>
      <CertificateFile
        field={useJiraField('caFile')}
        hint="A PEM file that is believed besides the system’s own, for a server with a company’s certificate."
      />
    </div>
  )
}
