import type { CleanUp, Session } from '../../../src-shared/contract/models.ts'
import { ScrollRegion } from '../../controls/scroll-region.tsx'
import { TicketKey } from '../../tickets/ticket-key.tsx'
import { numberWords } from '../number-words.ts'
import styles from './clean-up.module.css'

/** So many are listed: more than anyone reads. */
const LISTED = 200

interface KeptTicketsProps {
  readonly kept: CleanUp['kept']
  readonly site: Session['site']
  readonly title: string
}

/** Tickets that are not deleted, each with the reason. */
export function KeptTickets({ kept, site, title }: KeptTicketsProps): React.ReactNode {
  if (kept.length === 0) return null
  return (
    <div>
      <h3>
        {title}: {numberWords(kept.length)}
      </h3>
      <ScrollRegion className={styles['kept']} label={title}>
        <ul>
          {kept.slice(0, LISTED).map(({ key, reason }) => (
            <li key={key}>
              <TicketKey ticketKey={key} site={site} /> {reason}
            </li>
          ))}
          {kept.length > LISTED && <li>and {numberWords(kept.length - LISTED)} more</li>}
        </ul>
      </ScrollRegion>
    </div>
  )
}
