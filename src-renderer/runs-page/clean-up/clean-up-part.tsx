import { useEffect, useRef } from 'react'
import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { useDashboard } from '../../app/workbench.ts'
import { FailureNote } from '../failure-note.tsx'
import { useCleanUp, useRunsDesk } from '../runs-desk.ts'
import page from '../runs-page.module.css'
import { CleanUpElsewhere } from './clean-up-elsewhere.tsx'
import { CleanUpPreviewed } from './clean-up-previewed.tsx'
import { CleanUpProgress } from './clean-up-progress.tsx'

/** The clean-up of a run: what would be deleted, how far it is, how it ended. Nothing while nobody thinks of it. */
export function CleanUpPart({ run }: { run: RunProgress }): React.ReactNode {
  const { cleanUp: desk } = useRunsDesk()
  const site = useDashboard((state) => state.session?.site)
  const thought = useCleanUp((state) => state.runId === run.runId)
  const preview = useCleanUp((state) => state.preview)
  const failure = useCleanUp((state) => state.failure)
  const looking = useCleanUp((state) => state.busy === 'looking')
  const cleanUp = useCleanUp((state) => state.cleanUp)
  const own = cleanUp?.runId === run.runId ? cleanUp : null
  const part = useRef<HTMLElement>(null)
  const there = thought || own !== null
  // What was asked for is read, and scrolled to, when it comes.
  useEffect(() => {
    if (thought) part.current?.focus()
  }, [thought])
  const shown = thought && preview !== null
  useEffect(() => {
    if (shown) part.current?.scrollIntoView({ block: 'nearest' })
  }, [shown])
  if (!there || site === undefined) return null
  return (
    <section ref={part} className={page['part']} aria-labelledby="clean-up-title" tabIndex={-1}>
      <h2 id="clean-up-title">Clean-up</h2>
      {own !== null && !thought && <CleanUpProgress run={run} cleanUp={own} part={part} />}
      {thought && cleanUp?.state === 'running' && <CleanUpElsewhere runId={cleanUp.runId} />}
      {thought && failure && (
        <FailureNote failure={failure} retry="Look again" onRetry={() => desk.look(run.runId)} />
      )}
      {thought && looking && <p className={page['quiet']}>Asking Jira what this run made…</p>}
      {thought && preview && (
        <CleanUpPreviewed key={preview.count} preview={preview} site={site} part={part} />
      )}
    </section>
  )
}
