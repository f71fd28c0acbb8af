import { useState } from 'react'
import type { ResumeRequest, RunProgress } from '../../src-shared/contract/models.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Confirm } from '../controls/confirm.tsx'
import { ChoiceList } from './choice-list.tsx'
import { missedChoices, missedWords, sendAgainWords, unknownChoices } from './resume-words.ts'

interface ChoicesProps {
  readonly run: RunProgress
  /** Called as soon as the person has chosen. */
  readonly onChosen?: () => void
  /** Of the first button. */
  readonly firstId?: string
}

/** How a run goes on of which slots were missed meanwhile. */
export function MissedChoices({ run, onChosen, firstId }: ChoicesProps): React.ReactNode {
  const { choose, resuming } = useResume(run, onChosen)
  return (
    <>
      {/* After a sleep, the reason why it stands still says so. */}
      {run.slept !== true && <p>{missedWords(run)}</p>}
      <ChoiceList
        label="How the run goes on"
        firstId={firstId}
        choices={missedChoices(run)}
        disabled={resuming}
        onChoose={(missed) => choose({ missed })}
      />
    </>
  )
}

/** What becomes of slots of which nobody knows whether they made their ticket. Sending them again is asked twice. */
export function UnknownChoices({ run, onChosen, firstId }: ChoicesProps): React.ReactNode {
  const { choose, resuming } = useResume(run, onChosen)
  const [asking, setAsking] = useState(false)
  const { title, text } = sendAgainWords(run)
  return (
    <>
      <ChoiceList
        label="Tickets whose outcome is not known"
        firstId={firstId}
        choices={unknownChoices(run)}
        disabled={resuming}
        onChoose={(unknown) => (unknown === 'send' ? setAsking(true) : choose({ unknown }))}
      />
      {asking && (
        <Confirm
          title={title}
          action="Send again"
          keep="Send nothing"
          onConfirm={() => choose({ unknown: 'send' })}
          onClose={() => setAsking(false)}
        >
          {text}
        </Confirm>
      )}
    </>
  )
}

function useResume(
  { runId }: RunProgress,
  onChosen: (() => void) | undefined,
): { choose: (how: ResumeRequest) => void; resuming: boolean } {
  const { orders } = useWorkbench()
  const resuming = useDashboard((state) => state.pending.includes('resume'))
  return {
    resuming,
    choose: (how) => {
      orders.resumeRun({ runId, ...how })
      onChosen?.()
    },
  }
}
