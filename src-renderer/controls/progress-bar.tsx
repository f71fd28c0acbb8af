import styles from './progress-bar.module.css'

interface ProgressBarProps extends React.ComponentProps<'progress'> {
  /** Whether it does not go on at present. */
  readonly rests: boolean
}

/** How far something is. */
export function ProgressBar({ rests, ...rest }: ProgressBarProps): React.ReactNode {
  return <progress className={styles['bar']} data-rests={rests || undefined} {...rest} />
}
