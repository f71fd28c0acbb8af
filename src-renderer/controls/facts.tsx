import { Fragment } from 'react'
import styles from './facts.module.css'

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
