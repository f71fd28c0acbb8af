import { binned, minutesPerBar, outlinePath } from './minute-bins.ts'
import { minutesWords } from './minutes-words.ts'
import { planWords, sharesWords } from './plan-words.ts'
import type { PlannedRun } from './planned-run.ts'
import chart from './minute-chart.module.css'
import styles from './run-form.module.css'

const NO_BARS = [0]

/** The plan of the run that the form asks for, by minute, and in a sentence; empty axes where the form cannot be read. `id` is the sentence's. */
export function PlanChart({ id, planned }: { id: string; planned: PlannedRun | null }): React.ReactNode {
  const width = minutesPerBar(planned?.perMinute.length ?? 1)
  const bars = planned ? binned(planned.perMinute, width) : NO_BARS
  const top = Math.max(1, ...bars)
  const words = planned ? planWords(planned) : 'The plan is shown when every field can be taken.'
  const shares = planned && sharesWords(planned)
  return (
    <figure className={chart['chart']}>
      <svg
        className={chart['bars']}
        viewBox={`0 0 ${bars.length} ${top}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path className={chart['planned']} d={outlinePath(bars, top)} />
      </svg>
      <div className={chart['axis']} aria-hidden="true">
        <span>Start</span>
        {width > 1 && <span>{minutesWords(width)} a bar</span>}
        <span>{planned && minutesWords(planned.minutes)}</span>
      </div>
      <figcaption id={id} className={styles['plan']}>
        {shares === null ? words : `${words} ${shares}`}
      </figcaption>
    </figure>
  )
}
