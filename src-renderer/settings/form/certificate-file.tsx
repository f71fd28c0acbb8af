import { useState } from 'react'
import styles from './form.module.css'
import { TextField, type FieldState } from './text-field.tsx'

/** The file of a company's own certificates: behind a line, as few need it. */
export function CertificateFile({ field, hint }: { field: FieldState; hint: string }): React.ReactNode {
  const given = field.control.value !== ''
  const [open, setOpen] = useState(false)
  return (
    <details
      className={styles['more']}
      open={open || given}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>Certificates of your own</summary>
      <TextField
        field={field}
        label="File of certificates"
        placeholder="/etc/ssl/company.pem"
        maxLength={4096}
        hint={hint}
      />
    </details>
  )
}
