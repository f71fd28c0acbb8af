import type { Session } from '../../src-shared/contract/models.ts'
import { Confirm } from '../controls/confirm.tsx'
import type { WantedRun } from './run-request.ts'
import { startQuestion, startWords } from './run-words.ts'

interface StartRunProps {
  readonly session: Session
  readonly request: WantedRun
  readonly onConfirm: (request: WantedRun) => void
  readonly onClose: () => void
}

/** Asks before tickets are made in a Jira that other people use; the answer holds for this site only. */
export function StartRun({ session, request, onConfirm, onClose }: StartRunProps): React.ReactNode {
  return (
    <Confirm
      title={startQuestion(session, request)}
      action="Start run"
      keep="Make none"
      onConfirm={() => onConfirm({ ...request, confirmedSite: session.site.id })}
      onClose={onClose}
    >
      {startWords(session, request)}
    </Confirm>
  )
}
