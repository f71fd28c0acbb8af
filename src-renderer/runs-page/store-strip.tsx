import { StoreAction, useStoreWords } from '../app/store-status.tsx'
import styles from './store-strip.module.css'

/** Says that the store does not work, or what stands in for it: the runs are kept there. */
export function StoreStrip(): React.ReactNode {
  const words = useStoreWords()
  if (words === null) return null
  const { tone, title, lasts, text, more } = words
  return (
    <section className={styles['strip']} data-tone={tone} aria-label="Store">
      <p>
        <b>
          {title}
          {lasts !== '' && `, ${lasts}`}.
        </b>{' '}
        {text} {more}
      </p>
      <StoreAction />
    </section>
  )
}
