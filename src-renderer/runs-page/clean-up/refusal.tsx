import { CopyButton } from '../controls/copy-button.tsx'
import styles from './clean-up.module.css'
import { withoutJql } from './clean-up-words.ts'

interface RefusalProps {
  readonly refusal: { readonly message: string; readonly hint: string }
}

/** Why tickets cannot be deleted from here, and what to do; where that is a search in Jira, with the search to copy. */
export function Refusal({ refusal: { message, hint } }: RefusalProps): React.ReactNode {
  const [before, jql] = withoutJql(hint)
  return (
    <div className={styles['refusal']} role="alert">
      <p>
        <b>{message}</b> {before}
      </p>
      {jql !== null && (
        <p className={styles['jql']}>
          <code>{jql}</code>
          <CopyButton text={jql} label="Copy the search" />
        </p>
      )}
    </div>
  )
}
