import styles from './priority-swatch.module.css'

const RANKS = 5

/** The colour of a priority, by its rank of urgency (0 is the most urgent). Its name always stands beside it. */
export function PrioritySwatch({ rank }: { rank: number }): React.ReactNode {
  return (
    <span
      className={[styles['swatch'], styles[`rank${Math.min(rank, RANKS - 1) + 1}`]].join(' ')}
      aria-hidden="true"
    />
  )
}
