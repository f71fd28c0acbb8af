import { useEffect, useState } from 'react'
import type { Session } from '../../src-shared/contract/tickets.ts'
import type { Command } from '../app/commands.ts'
import { PageFrame } from '../app/page-frame.tsx'
import { StoreSentences, useStoreText } from '../status/store-status.tsx'
import { useDashboard, useMay, useSiteNow, useWorkbench, useZone } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { timesText } from '../live/text.ts'
import { standingOf } from '../runs/run-text.ts'
import { targetKey } from './audit/audit.ts'
import { AuditPart } from './audit/audit-part.tsx'
import { FailureNote } from './failure-note.tsx'
import { HistoryList } from './history/history-list.tsx'
import { ShownRun } from './run/shown-run.tsx'
import {
  createRunsController,
  RunsControllerContext,
  useAsked,
  useShownRunFollowing,
  useHistory,
  useRunsPlace,
} from './runs-controller.ts'
import styles from './runs-page.module.css'

/** The runs so far, with their audits, and what can be cleaned up; or the audit of a span. */
export function RunsPage({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const begin = (): void => commands.find(({ id }) => id === 'run-start')?.run()
  return (
    <PageFrame
      name="runs"
      title="Runs"
      commands={commands}
      scrolls
      aside={
        session && (
          <>
            <p className={styles['zone']}>Times in {session.zone}</p>
            <NewRun onBegin={begin} />
          </>
        )
      }
    >
      {session ? <Opened key={sessionKey(session)} onBegin={begin} /> : <Unopened />}
    </PageFrame>
  )
}

/** Of another Jira, another store or other priorities, nothing that the page has learnt says anything. */
function sessionKey({ site, store, projectKey, watched }: Session): string {
  return JSON.stringify([site.id, store, projectKey, watched])
}

/** Before the core has said which Jira it is, or where it cannot. */
function Unopened(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const failure = useDashboard((state) => state.startFailure)
  return (
    <main className={styles['main']} data-none>
      <StoreStrip />
      {failure && (
        <div className={styles['shown']}>
          <FailureNote failure={failure} onRetry={dashboard.reload} />
        </div>
      )}
    </main>
  )
}

function Opened({ onBegin }: { onBegin: () => void }): React.ReactNode {
  const { transport } = useWorkbench()
  const [controller] = useState(() => createRunsController(transport, Date.now))
  useEffect(() => controller.open(), [controller])
  return (
    <RunsControllerContext value={controller}>
      <Content onBegin={onBegin} />
    </RunsControllerContext>
  )
}

function Content({ onBegin }: { onBegin: () => void }): React.ReactNode {
  const { runId, span } = useRunsPlace()
  const none = useHistory((state) => state.runs?.length === 0)
  useShownRunFollowing()
  useAsked()
  if (none && span === null) {
    return (
      <main className={styles['main']} data-none>
        <StoreStrip />
        <NoRuns onBegin={onBegin} />
      </main>
    )
  }
  return (
    <main className={styles['main']}>
      <StoreStrip />
      <HistoryList />
      {/* Another one is read from its beginning. */}
      <div key={span === null ? runId : targetKey({ span })} className={styles['shown']}>
        {span === null ? <ShownRun /> : <ShownSpan span={span} />}
      </div>
    </main>
  )
}

/** Where a run is under way, it comes first. */
function NewRun({ onBegin }: { onBegin: () => void }): React.ReactNode {
  const mayRun = useMay('run')
  const { isUnderWay } = standingOf(useDashboard((state) => state.run))
  return mayRun && !isUnderWay ? <Button onClick={onBegin}>New run</Button> : null
}

/** Nothing was run yet in this Jira: what a run is, and how to begin. */
function NoRuns({ onBegin }: { onBegin: () => void }): React.ReactNode {
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

/** The audit of everything that is watched in a span, by whatever it was made. */
function ShownSpan({ span }: { span: TimeSpan }): React.ReactNode {
  const zone = useZone()
  const nowMs = useSiteNow()
  return (
    <div className={styles['parts']}>
      <div className={styles['part']}>
        <div className={styles['title']}>
          <h2>{timesText(span, zone, nowMs)}</h2>
        </div>
        <p className="quiet">
          Everything that is watched in this span, made by runs of this store or by others.
        </p>
      </div>
      <AuditPart target={{ span }} />
    </div>
  )
}

/** Says that the store does not work, or what stands in for it: the runs are kept there. */
function StoreStrip(): React.ReactNode {
  const store = useStoreText()
  if (store === null) return null
  return (
    <section className={styles['strip']} data-tone={store.tone} aria-label="Store">
      <StoreSentences store={store} />
    </section>
  )
}
