import { useConnection } from './workbench.ts'
import styles from './bars.module.css'

/** Says that the program behind the window is out of reach, as long as it is. */
export function ConnectionBar(): React.ReactNode {
  if (useConnection() !== 'lost') return null
  return (
    <output className={styles['bar']} data-kind="waiting">
      <p>
        <b>Jira TPM does not answer.</b> The window shows what it knew last, and tries again by itself.
      </p>
    </output>
  )
}
