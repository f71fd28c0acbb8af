import { DatabaseBackup, TriangleAlert } from 'lucide-react'
import { useRef } from 'react'
import { StoreAction } from './store-action.tsx'
import { useStoreWords } from './use-store-words.ts'
import { useDashboard } from './workbench.ts'
import styles from './store-card.module.css'

/**
 * Says that the store does not work, or what stands in for it, as long as that is so. At the foot of the side, where
 * it takes room from the list of tickets and moves nothing of the chart. Silent where the chart's place says it.
 */
export function StoreCard(): React.ReactNode {
  const words = useStoreWords()
  const chartSaysIt = useDashboard(({ storeStatus, countsFailure }) =>
    Boolean(storeStatus?.failure && countsFailure),
  )
  const card = useRef<HTMLElement>(null)
  if (words === null || chartSaysIt) return null
  const { tone, title, text, more, lasts } = words
  const Sign = tone === 'failing' ? TriangleAlert : DatabaseBackup
  return (
    <section
      ref={card}
      className={styles['card']}
      data-tone={tone}
      aria-labelledby="store-card"
      tabIndex={-1}
    >
      <div className={styles['head']}>
        <Sign size={15} aria-hidden="true" />
        <h2 id="store-card">{title}</h2>
        <span className={styles['lasts']}>{lasts}</span>
      </div>
      <p>{text}</p>
      {more !== '' && (
        <details>
          <summary>What to do</summary>
          {more}
        </details>
      )}
      {/* The button goes when it has done its work; the focus stays at what it was about. */}
      <StoreAction onPress={() => card.current?.focus()} />
    </section>
  )
}
