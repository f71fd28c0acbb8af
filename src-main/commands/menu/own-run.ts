import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { pauseSoon, rests } from '../follow-run.ts'
import { standingText } from '../run-document.ts'
import type { News } from './news.ts'

/** The run that this menu began or went on with: it goes on while the person looks at something else. */
export interface OwnRun {
  /** Begins it, or goes on with it. */
  begin(start: () => Promise<RunProgress>): Promise<RunProgress>
  /** As it stands, while it goes on; else null. */
  underWay(): RunProgress | null
  /** While it is looked at, its end is not news. */
  lookAt<T>(work: () => Promise<T>): Promise<T>
  /** Pauses it, for the program's end; null where none is under way. */
  pause(): Promise<RunProgress | null>
  close(): void
}

export function createOwnRun(client: Client, news: News): OwnRun {
  let run: RunProgress | null = null
  let looking = 0
  const hear = (progress: RunProgress): void => {
    if (run === null || progress.runId !== run.runId || rests(run)) return
    run = progress
    if (rests(run) && looking === 0) news.add(standingText(run))
  }
  const leave = client.on('run.changed', hear)
  const underWay = (): RunProgress | null => (run === null || rests(run) ? null : run)
  return {
    async begin(start) {
      const before = run
      run = null
      try {
        run = await start()
      } catch (error) {
        run = before
        throw error
      }
      return run
    },
    underWay,
    async lookAt(work) {
      looking++
      try {
        return await work()
      } finally {
        looking--
      }
    },
    async pause() {
      const going = underWay()
      if (going === null) return null
      run = null
      return pauseSoon(client, going)
    },
    close: leave,
  }
}
