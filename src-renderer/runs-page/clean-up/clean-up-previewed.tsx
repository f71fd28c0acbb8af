import type { CleanUpPreview, Session } from '../../../src-shared/contract/models.ts'
import { Button } from '../../controls/button.tsx'
import { ScrollRegion } from '../../controls/scroll-region.tsx'
import { numberWords } from '../number-words.ts'
import { useRunsDesk } from '../runs-desk.ts'
import page from '../runs-page.module.css'
import { CleanUpConfirm } from './clean-up-confirm.tsx'
import { meaningWords, previewWords } from './clean-up-words.ts'
import { KeptTickets } from './kept-tickets.tsx'
import { Refusal } from './refusal.tsx'
import styles from './clean-up.module.css'

interface CleanUpPreviewedProps {
  readonly preview: CleanUpPreview
  readonly site: Session['site']
  readonly part: React.RefObject<HTMLElement | null>
}

/** What would be deleted and what would stay, and the button that does it, or why it cannot be done. */
export function CleanUpPreviewed({ preview, site, part }: CleanUpPreviewedProps): React.ReactNode {
  const { cleanUp } = useRunsDesk()
  const { count, refusal } = preview
  return (
    <>
      <p>
        <b>{previewWords(preview, site)}</b> {count > 0 && refusal === null && meaningWords(site)}
      </p>
      <Keys preview={preview} />
      <KeptTickets kept={preview.kept} site={site} title="Stays" />
      {refusal !== null && <Refusal refusal={refusal} />}
      {count > 0 && refusal === null ? (
        <CleanUpConfirm count={count} site={site} part={part} />
      ) : (
        <div className={page['buttons']}>
          <Button onClick={() => cleanUp.look(preview.runId)}>Look again</Button>
          <Button onClick={cleanUp.leave}>Leave it</Button>
        </div>
      )}
    </>
  )
}

function Keys({ preview: { count, keys } }: { preview: CleanUpPreview }): React.ReactNode {
  if (keys.length === 0) return null
  return (
    <ScrollRegion className={styles['keys']} label="Tickets that would be deleted">
      {keys.map((key, i) => (
        <span key={key}>
          {i > 0 && ', '}
          <span className={styles['key']}>{key}</span>
        </span>
      ))}
      {count > keys.length && `, and ${numberWords(count - keys.length)} more`}
    </ScrollRegion>
  )
}
