import type { RunProgress } from '../../src-shared/contract/models.ts'
import { Button } from '../controls/button.tsx'
import { Modal } from '../controls/modal.tsx'
import { MissedChoices, UnknownChoices } from './resume-choices.tsx'
import { missedWords } from './resume-words.ts'
import { troubleWords } from './run-words.ts'
import styles from './resume-run.module.css'

interface ResumeRunProps {
  readonly run: RunProgress
  readonly onClose: () => void
}

/** Asks how a run goes on that has missed slots, or what becomes of those whose outcome is not known. */
export function ResumeRun({ run, onClose }: ResumeRunProps): React.ReactNode {
  const asksMissed = run.missed > 0 && (run.state === 'paused' || run.state === 'broken')
  return (
    <Modal title={asksMissed ? 'How shall the run go on?' : unknownTitle(run)} onClose={onClose}>
      <div className={styles['content']}>
        {asksMissed ? (
          <>
            {/* Why it stands still is said behind the dialog. */}
            {run.slept === true && <p>{missedWords(run)}</p>}
            <MissedChoices run={run} onChosen={onClose} />
          </>
        ) : (
          <>
            {troubleWords({ ...run, failed: 0, skipped: 0 }).map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
            <UnknownChoices run={run} onChosen={onClose} />
          </>
        )}
        <Button onClick={onClose}>Decide later</Button>
      </div>
    </Modal>
  )
}

function unknownTitle({ unknown }: RunProgress): string {
  return unknown === 1 ? 'What shall become of it?' : 'What shall become of them?'
}
