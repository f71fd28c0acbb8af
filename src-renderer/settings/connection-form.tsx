import { AccountFields } from './account-fields.tsx'
import { CheckPanel } from './check-panel.tsx'
import { useDesk, useDeskState } from './desk-context.ts'
import { JiraNow } from './jira-now.tsx'
import { isFixed } from './desk-state.ts'
import { WatchedFields } from './watched-fields.tsx'
import page from './settings-page.module.css'
import styles from './connection-form.module.css'

/** The Jira that is watched and what of it is, and beside them the way to another choice. */
export function ConnectionForm({ onClose }: { onClose: () => void }): React.ReactNode {
  const desk = useDesk()
  const fixed = useDeskState(isFixed)
  return (
    <form
      className={page['columns']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (fixed) return
        desk.connect()
        focusProblem(event.currentTarget)
      }}
    >
      <div className={styles['sections']}>
        <section className={page['section']} aria-labelledby="settings-jira">
          <h2 id="settings-jira">Jira</h2>
          <JiraNow />
          <AccountFields />
        </section>
        <section className={page['section']} aria-labelledby="settings-watched">
          <h2 id="settings-watched">Watched</h2>
          <WatchedFields />
        </section>
      </div>
      <CheckPanel
        onCheck={(form) => {
          desk.check()
          focusProblem(form)
        }}
        onClose={onClose}
      />
    </form>
  )
}

/** Whoever sent something that cannot be taken goes on where it is. */
function focusProblem(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid]')?.focus())
}
