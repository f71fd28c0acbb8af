import { Fragment } from 'react'
import styles from './data.module.css'

interface FactsProps {
  readonly className?: string | undefined
  readonly facts: readonly (readonly [term: string, value: React.ReactNode])[]
}

/** What is known of something, a term and its value to a line. */
export function Facts({ className, facts }: FactsProps): React.ReactNode {
  return (
    <dl className={[styles['facts'], className].join(' ')}>
      {facts.map(([term, value]) => (
        <Fragment key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}

interface ScrollRegionProps {
  readonly label: string
  readonly className: string | undefined
  readonly children: React.ReactNode
}

/** Something that scrolls. It takes the focus, or the keyboard alone could not scroll it. */
export function ScrollRegion({ label, className, children }: ScrollRegionProps): React.ReactNode {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- see above
    <section className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}

interface ProgressBarProps extends React.ComponentProps<'progress'> {
  /** Whether it does not go on at present. */
  readonly rests: boolean
}

/** How far something is. */
export function ProgressBar({ rests, ...rest }: ProgressBarProps): React.ReactNode {
  return <progress className={styles['bar']} data-rests={rests || undefined} {...rest} />
}
