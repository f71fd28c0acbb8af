import type { AlertReplay, AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import { useSiteNow, useWorkbench, useZone } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { countText, dayText, timeText } from '../live/text.ts'
import styles from './alerts-panel.module.css'
import { useReplay } from './use-replay.ts'

interface ReplayProps {
  readonly rule: Pick<AlertRule, 'condition' | 'scope'>
}

/** What a rule would have done in the stored weeks, before it is there. */
export function RuleReplay({ rule }: ReplayProps): React.ReactNode {
  const { state, again } = useReplay(rule)
  return (
    <div className={styles['replay']} aria-busy={state.is === 'reading'}>
      <output className={styles['text']}>
        {state.is === 'reading' && 'Going through the stored weeks…'}
        {state.is === 'read' && replayText(state.replay)}
        {state.is === 'failed' && `What it would have done is not known. ${state.why}`}
      </output>
      {state.is === 'failed' && (
        <Button kind="quiet" onClick={again}>
          Go through them again
        </Button>
      )}
      {state.is === 'read' && state.replay.fired.length > 0 && <Fired replay={state.replay} />}
    </div>
  )
}

function replayText({ learningUntilMs, toMs, weeks, summary }: AlertReplay): string {
  const isLearning = weeks > 0 && learningUntilMs !== null && learningUntilMs >= toMs
  return isLearning
    ? 'Too little is stored yet to know what is usual: it learns first. “At least” rings from the first minute.'
    : summary
}

/** So many are listed, the newest; a rule that fires more often is not one. */
const MOST = 20

function Fired({ replay: { fired } }: { replay: AlertReplay }): React.ReactNode {
  const { view } = useWorkbench()
  const zone = useZone()
  const nowMs = useSiteNow()
  return (
    <ul className={styles['fired']} aria-label="When it would have fired">
      {fired.slice(0, MOST).map(({ fromMs, peak, address }) => (
        <li key={fromMs}>
          <a href={`#${address}`} onClick={() => view.put({ tool: null, page: 'dashboard' })}>
            {dayText(fromMs, zone, nowMs)}, {timeText(fromMs, zone)}
          </a>
          {peak > 0 && <span className={styles['text']}> {countText(peak, 'ticket')} at the most</span>}
        </li>
      ))}
      {fired.length > MOST && (
        <li className={styles['text']}>and {countText(fired.length - MOST, 'time')} before</li>
      )}
    </ul>
  )
}
