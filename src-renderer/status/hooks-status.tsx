import { hooksText } from '../../src-shared/domain/text/hooks-text.ts'
import { useDashboard } from '../app/workbench.ts'
import styles from './hooks-status.module.css'

/** How Jira's webhooks come, in a few words. Nothing where nobody takes any, and while fetching fails: that is said then. */
export function HooksStatus(): React.ReactNode {
  const hooks = useDashboard(({ sync }) => (sync?.failure ? null : (sync?.hooks ?? null)))
  if (hooks === null) return null
  const { tone, short, text, hint } = hooksText(hooks)
  return (
    <p className={styles['hooks']} data-tone={tone} title={`${text} ${hint}`.trim()}>
      <span className={styles['dot']} />
      {short}
    </p>
  )
}
