import type { AuditResult } from '../../../src-shared/contract/models.ts'
import { numberWords } from '../number-words.ts'
import { chainsOf, type ChainLink } from './chain.ts'
import styles from './audit-chain.module.css'

const spoken = { '=': 'equals', '≠': 'does not equal', '+': 'and' } as const

interface AuditChainProps {
  readonly audit: AuditResult
  /** Whether all that differs is still to come. */
  readonly waiting: boolean
}

/** The figures that must be equal, with the sign between them that says whether they are. */
export function AuditChain({ audit, waiting }: AuditChainProps): React.ReactNode {
  return (
    <div className={styles['chains']} data-waiting={waiting || undefined}>
      {chainsOf(audit, audit.run !== null).map((chain) => (
        <dl key={chain[0]?.word} className={styles['chain']}>
          {chain.map((link) => (
            <Link key={link.word} link={link} />
          ))}
        </dl>
      ))}
    </div>
  )
}

function Link({ link: { word, count, sign } }: { link: ChainLink }): React.ReactNode {
  return (
    <div className={styles['link']} data-differs={sign === '≠' || undefined}>
      <dt>{word}</dt>
      <dd>
        {sign !== null && (
          <>
            <span className={styles['sign']} aria-hidden="true">
              {sign}
            </span>
            <span className="unseen">{spoken[sign]} </span>
          </>
        )}
        {numberWords(count)}
      </dd>
    </div>
  )
}
