import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { useDashboard } from '../app/workbench.ts'
import type { Span } from '../live/hour.ts'
import { hourWords } from '../live/time-words.ts'
import { AuditPart } from './audit/audit-part.tsx'
import styles from './runs-page.module.css'

/** The audit of everything that is watched in a span, whoever made it. */
export function ShownSpan({ span }: { span: Span }): React.ReactNode {
  const zone = useDashboard((state) => state.session?.zone ?? 'UTC')
  const nowMs = startOfMinute(useDashboard((state) => state.nowMinute))
  return (
    <div className={styles['parts']}>
      <div className={styles['part']}>
        <div className={styles['title']}>
          <h2>{hourWords(span, zone, nowMs)}</h2>
        </div>
        <p className={styles['quiet']}>
          Everything that is watched in this span, made by runs of this store or by others.
        </p>
      </div>
      <AuditPart target={{ span }} zone={zone} />
    </div>
  )
}
