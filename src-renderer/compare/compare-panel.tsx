import { X } from 'lucide-react'
import { useEffect, useId, useState } from 'react'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { Comparison } from '../../src-shared/domain/compare/comparison.ts'
import { isoInstant } from '../../src-shared/domain/minute.ts'
import { useDashboard, useSiteNow, useWorkbench, useZone } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { dateOf } from '../live/calendar.ts'
import { momentText, ticketsText } from '../live/text.ts'
import styles from './compare-panel.module.css'

const RUNS_OFFERED = 5

const COMPARISONS: readonly { readonly comparison: Comparison; readonly label: string }[] = [
  { comparison: 'before', label: 'The span before' },
  { comparison: '1d', label: 'The same time yesterday' },
  { comparison: '7d', label: 'The same time a week ago' },
]

/** With what the span shown may be compared. */
export function ComparePanel(): React.ReactNode {
  const { dashboard, view } = useWorkbench()
  const chosen = useDashboard((state) => state.comparison)
  const choose = (comparison: Comparison | null): void => {
    dashboard.compare(comparison)
    view.put({ tool: null })
  }
  const choice = (comparison: Comparison, label: string): React.ReactNode => (
    <Button
      key={comparison}
      kind="quiet"
      aria-pressed={chosen === comparison}
      onClick={() => choose(comparison)}
    >
      {label}
    </Button>
  )
  return (
    <div className={styles['choices']}>
      {COMPARISONS.map(({ comparison, label }) => choice(comparison, label))}
      <Day chosen={chosen} onChoose={choose} />
      <Runs choice={choice} />
      {chosen !== null && (
        <Button kind="quiet" onClick={() => choose(null)}>
          <X size={14} aria-hidden="true" />
          Compare with nothing
        </Button>
      )}
    </div>
  )
}

/** The same times of another day. */
function Day(props: { chosen: Comparison | null; onChoose: (day: string) => void }): React.ReactNode {
  const { chosen, onChoose } = props
  const id = useId()
  const zone = useZone()
  const today = dateOf(useSiteNow(), zone)
  const [day, setDay] = useState(() => (/^\d{4}-\d\d-\d\d$/.test(chosen ?? '') ? (chosen ?? '') : ''))
  return (
    <form
      className={styles['day']}
      onSubmit={(event) => {
        event.preventDefault()
        onChoose(day)
      }}
    >
      <label htmlFor={id}>The same time on</label>
      <input
        id={id}
        type="date"
        required
        max={today}
        value={day}
        onChange={(event) => setDay(event.target.value)}
      />
      <Button type="submit">Compare</Button>
    </form>
  )
}

/** The last runs: what is shown is compared with what came from the beginning of one on. */
function Runs(props: {
  choice: (comparison: Comparison, label: string, key: string) => React.ReactNode
}): React.ReactNode {
  const runs = useRuns()
  const zone = useZone()
  const nowMs = useSiteNow()
  if (runs.length === 0) return null
  return (
    <>
      <p className={styles['heading']}>From the beginning of a run</p>
      {runs.map(({ runId, startMs, planned }) =>
        props.choice(
          isoInstant(startMs),
          `${momentText(startMs, zone, nowMs)}, ${ticketsText(planned)}`,
          runId,
        ),
      )}
    </>
  )
}

/** Read when the panel is opened; none where they cannot be read. */
function useRuns(): readonly RunProgress[] {
  const { client } = useWorkbench().transport
  const [runs, setRuns] = useState<readonly RunProgress[]>([])
  useEffect(() => {
    let isWanted = true
    client.call('runs.list', { limit: RUNS_OFFERED }).then(
      (list) => isWanted && setRuns(list.runs),
      () => {},
    )
    return () => {
      isWanted = false
    }
  }, [client])
  return runs
}
