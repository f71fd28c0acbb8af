import { useEffect, useRef, useState } from 'react'
import type { Client } from '../../src-shared/contract/client.ts'
import type { RunMinute, RunProgress } from '../../src-shared/contract/runs.ts'
import { useWorkbench } from '../app/workbench.ts'
import { createRefresher } from '../live/refresher.ts'

interface RunMinutesOptions {
  readonly client: Client
  readonly runId: string
  /** Slots of the run: a large one is read more rarely. */
  readonly planned: number
  /** The page that shows them: while it is hidden nothing is asked. */
  readonly page: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>
  readonly show: (minutes: readonly RunMinute[]) => void
}

/** Between two readings at least, while tickets stream in. */
const GAP_MS = 1_000
/** The core goes through all slots for an answer. */
const GAP_MS_PER_SLOT = 0.05

/** Reads a run's plan and outcome by minute, anew as it changes; what it missed while nobody looked as the page is shown. */
export function createRunMinutesFeed(options: RunMinutesOptions) {
  const { client, runId, planned, page, show } = options
  let stopped = false
  let owed = false
  let known: RunProgress | null = null
  const refresher = createRefresher(
    async () => {
      try {
        const minutes = await client.call('runs.minutes', { runId })
        if (!stopped) show(minutes)
      } catch {
        // Where these cannot be read the run cannot either, and the window says so. What was read stays.
      }
    },
    Math.max(GAP_MS, planned * GAP_MS_PER_SLOT),
  )

  function ask(): void {
    owed = page.hidden
    if (!owed) refresher.request()
  }
  const onVisibility = (): void => {
    if (owed) ask()
  }
  page.addEventListener('visibilitychange', onVisibility)
  return {
    /** The run as it is now: where that is news, its minutes are read anew. */
    follow(run: RunProgress): void {
      if (run === known) return
      known = run
      ask()
    },
    stop(): void {
      stopped = true
      page.removeEventListener('visibilitychange', onVisibility)
      refresher.stop()
    },
  }
}

export type RunMinutesFeed = ReturnType<typeof createRunMinutesFeed>

/** A run's plan and outcome by minute, kept up to date while it is in sight; null until they are read. */
export function useRunMinutes(run: RunProgress): readonly RunMinute[] | null {
  const { client } = useWorkbench().transport
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
