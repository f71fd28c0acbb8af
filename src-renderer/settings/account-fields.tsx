import { useState } from 'react'
import { useDeskState } from './desk-context.ts'
import { ProjectField } from './project-field.tsx'
import { TextField } from './text-field.tsx'
import { TokenField } from './token-field.tsx'
import styles from './connection-form.module.css'

/** Where Jira is, who asks it, and by which token. */
export function AccountFields(): React.ReactNode {
  return (
    <div className={styles['fields']}>
      <TextField
        name="url"
        label="Site URL"
        inputMode="url"
        placeholder="https://your-site.atlassian.net"
        hint="As you open Jira in a browser."
      />
      <TextField
        name="user"
        label="E-mail"
        inputMode="email"
        maxLength={254}
        hint="Of your Atlassian account. Leave it empty for Data Center."
      />
      <TokenField />
      <div className={styles['pair']}>
        <TextField
          name="tokenExpiresOn"
          label="Token’s last day"
          type="date"
          hint="You are warned 14 days ahead."
        />
        <ProjectField />
      </div>
      <CertificateFile />
    </div>
  )
}

function CertificateFile(): React.ReactNode {
  const given = useDeskState((state) => state.fields.caFile !== '')
  const [open, setOpen] = useState(false)
  return (
    <details
      className={styles['more']}
      open={open || given}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>Certificates of your own</summary>
      <TextField
        name="caFile"
        label="File of certificates"
        placeholder="/etc/ssl/company.pem"
        hint="A PEM file that is believed besides the system’s own, for a server with a company’s certificate."
      />
    </details>
  )
}
