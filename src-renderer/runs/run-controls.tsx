import { useId, useState } from 'react'
import type { ResumeRequest, RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { hasSlept } from '../../src-shared/domain/run/run-reason.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { Confirm, Modal } from '../controls/modal.tsx'
import { ticketsText } from '../live/text.ts'
import styles from './run-controls.module.css'
import { ticketsLeft, troubleText } from './run-text.ts'

/** What is wrong with a run, a paragraph each. */
export function Troubles({ sentences }: { sentences: readonly string[] }): React.ReactNode {
  return sentences.map((sentence) => (
    <p key={sentence} className="trouble">
      {sentence}
    </p>
  ))
}

/** Holds the run under way. It takes until what was sent is answered, and says so meanwhile. */
export function PauseButton(): React.ReactNode {
  const { orders } = useWorkbench()
  const pausing = useDashboard((state) => state.pending.includes('pause'))
  return (
    <Button aria-disabled={pausing} onClick={orders.pauseRun}>
      {pausing ? 'Pausing…' : 'Pause'}
    </Button>
  )
}

/** Ends a run, after a question: about the one under way where nothing else is asked. */
export function StopButton({ onAsk }: { onAsk?: () => void }): React.ReactNode {
  const { view } = useWorkbench()
  const stopping = useDashboard((state) => state.pending.includes('stop'))
  return (
    <Button
      kind="danger"
      aria-disabled={stopping}
      onClick={() => {
        if (stopping) return
        if (onAsk === undefined) view.put({ dialog: 'stop-run' })
        else onAsk()
      }}
    >
      {stopping ? 'Stopping…' : 'Stop'}
    </Button>
  )
}

/** Asks before a run is ended early: the one under way where none is given. */
export function StopRun(props: { run?: RunProgress; onClose: () => void }): React.ReactNode {
  const { orders } = useWorkbench()
  const current = useDashboard((state) => state.run)
  const run = props.run ?? current
  // The run has kept the store from being gone back to.
  const back = useDashboard(
    ({ storeStatus }) => storeStatus?.insteadOf?.reachable && storeStatus.insteadOf.label,
  )
  const left = run ? ticketsLeft(run) : 0
  return (
    <Confirm
      title="Stop this run?"
      action="Stop run"
      keep="Keep going"
      final
      onConfirm={() => orders.stopRun(props.run && { runId: props.run.runId })}
      onClose={props.onClose}
    >
      {ticketsText(left)} will not be made. Those that were made stay in Jira and in the chart.
      {back && ` Then PostgreSQL at ${back} is used again.`}
    </Confirm>
  )
}

interface ChoicesProps {
  readonly run: RunProgress
  /** Called as soon as the person has chosen. */
  readonly onChosen?: () => void
  readonly firstId?: string
}

/** How a run goes on of which slots were missed meanwhile. */
export function MissedChoices({ run, onChosen, firstId }: ChoicesProps): React.ReactNode {
  const choose = useChoice(run, onChosen)
  return (
    <>
      {/* After a sleep, the reason why it stands still says so. */}
      {!hasSlept(run) && <p>{missedText(run)}</p>}
      <ChoiceList
        label="How the run goes on"
        firstId={firstId}
        choices={missedChoices(run)}
        onChoose={(missed) => choose({ missed })}
      />
    </>
  )
}

/** What becomes of slots whose outcome is unknown. Sending them again is asked twice. */
export function UnknownChoices({ run, onChosen, firstId }: ChoicesProps): React.ReactNode {
  const choose = useChoice(run, onChosen)
  const [asking, setAsking] = useState(false)
  const { title, text } = sendAgainQuestion(run)
  return (
    <>
      <ChoiceList
        label="Tickets whose outcome is not known"
        firstId={firstId}
        choices={unknownChoices(run)}
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

function useChoice({ runId }: RunProgress, onChosen: (() => void) | undefined) {
  const { orders } = useWorkbench()
  return (how: ResumeRequest): void => {
    orders.resumeRun({ runId, ...how })
    onChosen?.()
  }
}

interface ChoiceListProps<T extends string> {
  readonly label: string
  readonly choices: readonly ResumeChoice<T>[]
  readonly firstId?: string | undefined
  readonly onChoose: (value: T) => void
}

function ChoiceList<T extends string>(props: ChoiceListProps<T>): React.ReactNode {
  const { label, choices, firstId, onChoose } = props
  const resuming = useDashboard((state) => state.pending.includes('resume'))
  const id = useId()
  return (
    <ul className={styles['choices']} aria-label={label}>
      {choices.map(({ value, action, text }, i) => (
        <li key={value}>
          <Button
            id={i === 0 ? firstId : undefined}
            kind={i === 0 ? 'primary' : 'plain'}
            aria-describedby={`${id}-${value}`}
            aria-disabled={resuming}
            onClick={() => {
              if (!resuming) onChoose(value)
            }}
          >
            {action}
          </Button>
          <p id={`${id}-${value}`}>{text}</p>
        </li>
      ))}
    </ul>
  )
}

/** Asks how a run goes on that has missed slots, or what becomes of those whose outcome is not known. */
export function ResumeRun({ run, onClose }: { run: RunProgress; onClose: () => void }): React.ReactNode {
  const asksMissed = run.missed > 0 && (run.state === 'paused' || run.state === 'broken')
  return (
    <Modal title={asksMissed ? 'How shall the run go on?' : unknownTitle(run)} onClose={onClose}>
      <div className={styles['content']}>
        {asksMissed ? (
          <>
            {/* Why it stands still is said behind the dialog. */}
            {hasSlept(run) && <p>{missedText(run)}</p>}
            <MissedChoices run={run} onChosen={onClose} />
          </>
        ) : (
          <>
            {troubleText({ ...run, failed: 0, skipped: 0 }).map((sentence) => (
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

interface ResumeChoice<T> {
  readonly value: T
  readonly action: string
  readonly text: string
}

type Missed = NonNullable<ResumeRequest['missed']>

type Unknown = NonNullable<ResumeRequest['unknown']>

/**
 * The ways in which a run with missed slots goes on, the likeliest first: after a sleep that is to catch up or to skip,
 * after a pause to go on as if it had not been.
 */
export function missedChoices(run: RunProgress): readonly ResumeChoice<Missed>[] {
  const { missed } = run
  const them = missed === 1 ? 'It is' : 'They are'
  const shift: ResumeChoice<Missed> = {
    value: 'shift',
    action: 'Resume',
    text: 'All that is left moves on by the time that the run stood still. The spacing stays, the end is later.',
  }
  const others: readonly ResumeChoice<Missed>[] = [
    {
      value: 'catch-up',
      action: `Catch up (${missed.toLocaleString('en-GB')})`,
      text: `${them} sent now, a few a second at most. The others keep their times.`,
    },
    {
      value: 'skip',
      action: `Skip (${missed.toLocaleString('en-GB')})`,
      text: `${them} not made. The others keep their times.`,
    },
  ]
  return hasSlept(run) ? [...others, shift] : [shift, ...others]
}

/** `7 tickets were due meanwhile.` */
export function missedText({ missed }: RunProgress): string {
  return `${ticketsText(missed)} ${missed === 1 ? 'was' : 'were'} due meanwhile.`
}

/** What can become of slots whose outcome is unknown. */
export function unknownChoices({ unknown }: RunProgress): readonly ResumeChoice<Unknown>[] {
  const it = unknown === 1 ? 'it' : 'them'
  return [
    {
      value: 'look',
      action: 'Look again',
      text: `Jira is asked for ${it} once more. Nothing is sent again.`,
    },
    {
      value: 'send',
      action: 'Send again…',
      text: 'What Jira still does not show is made anew.',
    },
    {
      value: 'drop',
      action: 'Count as not made',
      text: `Unless Jira shows ${it} after all.`,
    },
  ]
}

/** Asks before tickets are sent again that may exist: title and text. */
export function sendAgainQuestion({ unknown }: RunProgress): { title: string; text: string } {
  const one = unknown === 1
  return {
    title: `Send ${ticketsText(unknown)} again?`,
    text:
      `Jira is looked through once more first; what it shows is not sent. But if it made ${one ? 'the ticket' : 'one of them'} and ` +
      `does not show it, there will be two for the same slot.`,
  }
}
