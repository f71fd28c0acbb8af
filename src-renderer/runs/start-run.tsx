import type { RunRequest, Session } from '../../src-shared/contract/models.ts'
import { Confirm } from '../controls/confirm.tsx'
import type { PlannedRun } from './planned-run.ts'
import { startQuestion, startWords } from './run-words.ts'

interface StartRunProps {
  readonly session: Session
  readonly planned: PlannedRun
  readonly onConfirm: (request: RunRequest) => void
  readonly onClose: () => void
}

/** Asks before tickets are made in a Jira that other people use; the answer holds for this site only. */
export function StartRun({ session, planned, onConfirm, onClose }: StartRunProps): React.ReactNode {
  return (
    <Confirm
      title={startQuestion(session, planned)}
      action="Start run"
      keep="Make none"
      onConfirm={() => onConfirm({ ...planned.request, confirmedSite: session.site.id })}
      onClose={onClose}
    >
      {startWords(session, planned)}
    </Confirm>
  )
}
