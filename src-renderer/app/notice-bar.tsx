import { X } from 'lucide-react'
import { IconButton } from '../controls/icon-button.tsx'
import { useDashboard, useWorkbench } from './workbench.ts'
import styles from './bars.module.css'

/** What became of something that a person asked for, until it is put away. */
export function NoticeBar(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const notice = useDashboard((state) => state.notice)
  if (notice === null) return null
  return (
    <div
      className={styles['bar']}
      data-kind={notice.kind}
      role={notice.kind === 'failed' ? 'alert' : 'status'}
    >
      <p>
        <b>{notice.message}</b> {notice.hint}
      </p>
      <IconButton
        icon={X}
        label="Put away"
        onClick={() => dashboard.store.set((state) => ({ ...state, notice: null }))}
      />
    </div>
  )
}
