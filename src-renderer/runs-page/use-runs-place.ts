import { useEffect } from 'react'
import { useView, useWorkbench } from '../app/workbench.ts'
import type { Span } from '../live/hour.ts'
import { useHistory, useRunsDesk } from './runs-desk.ts'

/** What the page shows, and the ways to something else. */
export interface RunsPlace {
  readonly runId: string | null
  readonly span: Span | null
  readonly showRun: (runId: string) => void
  readonly showSpan: (span: Span) => void
}

export function useRunsPlace(): RunsPlace {
  const { view } = useWorkbench()
  const { runId, span } = useView((state) => state.runsPage)
  return {
    runId,
    span,
    showRun: (other) =>
      view.set((state) => ({ ...state, runsPage: { runId: other, span: null, ask: null } })),
    showSpan: (other) =>
      view.set((state) => ({ ...state, runsPage: { runId: null, span: other, ask: null } })),
  }
}

/** Looks at what the view says: where that names nothing, at the newest run. */
export function useFollowingDesk(): void {
  const { run } = useRunsDesk()
  const { runId, span, showRun } = useRunsPlace()
  const newest = useHistory(({ upToDate, runs }) => (upToDate ? runs?.[0]?.runId : null) ?? null)
  const known = useHistory((state) => state.runs?.find((each) => each.runId === runId))
  useEffect(() => {
    if (runId === null && span === null && newest !== null) showRun(newest)
  })
  useEffect(() => {
    // Until the newest is known, the one that was shown stays.
    if (runId !== null || span !== null) run.show(runId, known)
  })
}

/** Does what the person came for, once. */
export function useAsked(): void {
  const { view } = useWorkbench()
  const { audit, cleanUp } = useRunsDesk()
  const { runId, span, ask } = useView((state) => state.runsPage)
  useEffect(() => {
    const target = span === null ? runId !== null && { runId } : { span }
    if (!target) return
    // Who comes to a span came for its audit. One that was made already is not made again unasked.
    if (ask === 'audit' || (span !== null && !audit.has({ span }))) audit.check(target)
    if (ask === 'clean-up' && runId !== null) cleanUp.look(runId)
    if (ask !== null) view.set((state) => ({ ...state, runsPage: { ...state.runsPage, ask: null } }))
  }, [audit, cleanUp, view, ask, runId, span])
}
