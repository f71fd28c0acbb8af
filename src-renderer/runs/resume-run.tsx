import type { RunProgress } from '../../src-shared/contract/models.ts'
import { Button } from '../controls/button.tsx'
import { Modal } from '../controls/modal.tsx'
import { MissedChoices, UnknownChoices } from './resume-choices.tsx'
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
    <Modal title={asksMissed ? 'How shall the run go on?' : 'What shall become of them?'} onClose={onClose}>
      <div className={styles['content']}>
        {asksMissed ? (
          <MissedChoices run={run} onChosen={onClose} />
        ) : (
          <>
            {troubleWords({ ...run, failed: 0, skipped: 0 }).map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
            <UnknownChoices run={run} onChosen={onClose} />
          </>
        )}
        <Button onClick={onClose}>Leave it as it is</Button>
      </div>
    </Modal>
  )
}
