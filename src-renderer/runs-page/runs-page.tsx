import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Command } from '../app/commands.ts'
import type { Session } from '../../src-shared/contract/models.ts'
import { useKeys } from '../app/keys.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { targetKey } from './audit/audit-desk.ts'
import { FailureNote } from './failure-note.tsx'
import { HistoryList } from './history/history-list.tsx'
import { NoRuns } from './no-runs.tsx'
import { createRunsDesk, RunsDeskContext, useHistory } from './runs-desk.ts'
import { ShownRun } from './run/shown-run.tsx'
import { ShownSpan } from './shown-span.tsx'
import { StoreStrip } from './store-strip.tsx'
import { useAsked, useFollowingDesk, useRunsPlace } from './use-runs-place.ts'
import styles from './runs-page.module.css'

/** The runs so far, with their audits, and what can be cleaned up; or the audit of a span. */
export function RunsPage({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const { view } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const close = (): void => view.set((state) => ({ ...state, page: 'dashboard' }))
  useKeys(commands, (move) => {
    if (move === 'back') close()
  })
  return (
    <div className={styles['page']}>
      <header className={styles['header']}>
        <Button kind="quiet" onClick={close}>
          <ArrowLeft size={15} aria-hidden="true" />
          Back
        </Button>
        <Title />
        {session && <p className={styles['zone']}>Times in {session.zone}</p>}
      </header>
      {session ? (
        <Opened
          key={sessionKey(session)}
          onBegin={() => commands.find(({ id }) => id === 'run-start')?.run()}
        />
      ) : (
        <Unopened />
      )}
    </div>
  )
}

/** Of another Jira, another store or other priorities, nothing that the page has learnt says anything. */
function sessionKey({ site, store, projectKey, watched }: Session): string {
  return JSON.stringify([site.id, store, projectKey, watched])
}

/** Has the focus first, so that reading begins here. */
function Title(): React.ReactNode {
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), [])
  return (
    <h1 ref={title} tabIndex={-1}>
      Runs
    </h1>
  )
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
  const { door } = useWorkbench()
  const [desk] = useState(() => createRunsDesk(door, Date.now))
  useEffect(() => desk.open(), [desk])
  return (
    <RunsDeskContext value={desk}>
      <Content onBegin={onBegin} />
    </RunsDeskContext>
  )
}

function Content({ onBegin }: { onBegin: () => void }): React.ReactNode {
  const { runId, span } = useRunsPlace()
  const none = useHistory((state) => state.runs?.length === 0)
  useFollowingDesk()
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
