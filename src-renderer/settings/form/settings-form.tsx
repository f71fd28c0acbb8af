import page from '../settings-page.module.css'
import styles from './form.module.css'

interface SettingsFormProps {
  readonly label: string
  /** What is filled in. */
  readonly children: React.ReactNode
  /** How an attempt with it goes. */
  readonly check: React.ReactNode
  readonly onSubmit: () => void
}

/** A form of the settings, and beside it how an attempt with it goes. */
export function SettingsForm({ label, children, check, onSubmit }: SettingsFormProps): React.ReactNode {
  return (
    <form
      className={page['columns']}
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
        focusProblem(event.currentTarget)
      }}
    >
      <div className={styles['sections']}>{children}</div>
      {check}
    </form>
  )
}

/** Whoever sent something that cannot be taken goes on where it is. */
export function focusProblem(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid]')?.focus())
}
