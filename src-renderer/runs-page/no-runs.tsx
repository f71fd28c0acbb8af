import { Button } from '../controls/button.tsx'
import styles from './no-runs.module.css'

/** Nothing was run yet in this Jira: what a run is, and how to begin. */
export function NoRuns({ onBegin }: { onBegin: () => void }): React.ReactNode {
  return (
    <section className={styles['none']} aria-labelledby="no-runs">
      <h2 id="no-runs">No runs yet</h2>
      <p>
        A run makes a number of tickets at planned times, each exactly once. Afterwards its audit shows here
        that all of them were made, found and charted, and its tickets can be deleted again.
      </p>
      <Button kind="primary" onClick={onBegin}>
        Plan a run
      </Button>
    </section>
  )
}
