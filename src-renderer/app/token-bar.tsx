import { TriangleAlert, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { Button } from '../controls/button.tsx'
import { IconButton } from '../controls/icon-button.tsx'
import { tokenWords } from './token-words.ts'
import { useDashboard, useWorkbench } from './workbench.ts'
import styles from './token-bar.module.css'

const PUT_AWAY = 'jira-tpm.token-put-away'
const LAST_DAY = 'jira-tpm.token-last-day'

/** Warns of the token's end, from two weeks ahead; put away, it stays away until the next day. */
export function TokenBar(): React.ReactNode {
  const { view } = useWorkbench()
  const [putAway, setPutAway] = useState(() => localStorage.getItem(PUT_AWAY))
  const words = useTokenWords()
  if (words === null || words.id === putAway) return null
  return (
    <output className={styles['strip']}>
      <TriangleAlert size={15} aria-hidden="true" />
      <p title={words.text}>
        {words.text}{' '}
        <Button kind="quiet" onClick={() => view.set((state) => ({ ...state, page: 'settings' }))}>
          Settings
        </Button>
      </p>
      <IconButton
        icon={X}
        label="Put away until tomorrow"
        onClick={() => {
          localStorage.setItem(PUT_AWAY, words.id)
          setPutAway(words.id)
        }}
      />
    </output>
  )
}

/** The day is remembered, so that the strip is there from the first frame on and moves nothing when the core answers. */
function useTokenWords(): ReturnType<typeof tokenWords> {
  const session = useDashboard((state) => state.session)
  const nowMinute = useDashboard((state) => state.nowMinute)
  const [atStart] = useState(() => ({ day: localStorage.getItem(LAST_DAY), nowMs: Date.now() }))
  const day = session?.tokenExpiresOn
  useEffect(() => {
    if (day !== undefined) localStorage.setItem(LAST_DAY, day ?? '')
  }, [day])
  return day === undefined
    ? tokenWords(atStart.day, atStart.nowMs)
    : tokenWords(day, startOfMinute(nowMinute))
}
