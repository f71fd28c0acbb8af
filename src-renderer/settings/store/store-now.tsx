import { StoreAction, useStoreWords } from '../../app/store-status.tsx'
import { useDashboard } from '../../app/workbench.ts'
import styles from '../form/form.module.css'
import { useJiraDeskState } from '../jira/jira-desk-context.ts'
import page from '../settings-page.module.css'
import { useStoreDeskState } from './store-desk-context.ts'
import { storeNowWords } from './store-now-words.ts'

/** The store that is set, where its password is, and what is wrong with it or stands in for it. */
export function StoreNow(): React.ReactNode {
  const settings = useStoreDeskState((state) => state.settings)
  const secrets = useJiraDeskState((state) => state.settings?.secrets)
  const status = useDashboard((state) => state.storeStatus)
  if (settings === null || secrets === undefined) return <div className={styles['now']} />
  const isDown = status !== null && (status.failure !== null || status.insteadOf !== null)
  return (
    <div className={styles['now']}>
      <p>{storeNowWords(settings, secrets, isDown)}</p>
      {settings.fixedBy !== null && (
        <p className={page['quiet']}>
          Fixed by {settings.fixedBy}: start Jira TPM without it to choose another one here.
        </p>
      )}
      <Trouble />
    </div>
  )
}

function Trouble(): React.ReactNode {
  const words = useStoreWords()
  if (words === null) return null
  return (
    <div className={styles['failure']} data-tone={words.tone}>
      <p>
        <b>
          {words.title}
          {words.lasts !== '' && `, ${words.lasts}`}.
        </b>{' '}
        {words.text} {words.more}
      </p>
      <StoreAction />
    </div>
  )
}
