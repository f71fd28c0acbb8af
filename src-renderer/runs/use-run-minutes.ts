import { useEffect, useRef, useState } from 'react'
import type { RunMinute, RunProgress } from '../../src-shared/contract/models.ts'
import { useWorkbench } from '../app/workbench.ts'
import { createRunMinutesFeed, type RunMinutesFeed } from '../live/run-minutes-feed.ts'

/** A run's plan and outcome by minute, kept up to date while it is in sight; null until they are read. */
export function useRunMinutes(run: RunProgress): readonly RunMinute[] | null {
  const { client } = useWorkbench().door
  const { runId, planned } = run
  const [read, setRead] = useState<{ runId: string; minutes: readonly RunMinute[] } | null>(null)
  const feed = useRef<RunMinutesFeed>(null)
  useEffect(() => {
    const following = createRunMinutesFeed({
      client,
      runId,
      planned,
      page: document,
      show: (minutes) => setRead({ runId, minutes }),
    })
    feed.current = following
    return () => following.stop()
  }, [client, runId, planned])
  useEffect(() => feed.current?.follow(run), [run])
  return read?.runId === runId ? read.minutes : null
}
