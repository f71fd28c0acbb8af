import { describe, expect, test } from 'vitest'
import { storeForEach, type Engine } from './engine.ts'
import { SITE } from './pages.ts'
import { newSlots, RUN } from './runs.ts'

const SLOTS = newSlots(4)

/** What people ask of runs: the word left for the process that works on one, and the one that brought it to rest. */
export function wishSuite(engine: Engine): void {
  describe(`wishes (${engine.name})`, () => {
    const opened = storeForEach(engine)

    test('a wish is left for a run that is under way, and taken back when its state is set, unless it is given with that', async () => {
      const { store, again } = opened()
      const other = await again()
      await store.createRun(RUN, SLOTS)
      const wish = async (): Promise<string | null | undefined> => (await store.run(SITE, RUN.runId))?.wish
      await other.setRequestedState(SITE, RUN.runId, 'pause')
      expect(await wish()).toBe('pause')
      await other.setRequestedState(SITE, RUN.runId, 'stop')
      expect(await wish()).toBe('stop')
      await other.setRequestedState(SITE, RUN.runId, 'pause')
      expect(await wish()).toBe('stop')
      expect((await store.runs(SITE, 1))[0]?.wish).toBe('stop')

      await store.setRunState(SITE, RUN.runId, 'stopped', 30)
      expect(await wish()).toBeNull()
      await other.setRequestedState(SITE, RUN.runId, 'pause')
      expect(await wish()).toBeNull()
      await store.setRunState(SITE, RUN.runId, 'paused', 40, 'pause')
      expect(await wish()).toBe('pause')
      await expect(other.setRequestedState(SITE, 'nosuchrun', 'stop')).rejects.toMatchObject({
        code: 'not-found',
      })
    })

    test('a resumed run has no wish any more; told again, it keeps one that came since', async () => {
      const { store } = opened()
      await store.createRun(RUN, SLOTS)
      await store.setRequestedState(SITE, RUN.runId, 'pause')
      await store.resumeRun(SITE, RUN.runId, { byMs: 0, atMs: RUN.createdAtMs + 9 })
      expect((await store.run(SITE, RUN.runId))?.wish).toBeNull()
      await store.setRequestedState(SITE, RUN.runId, 'pause')
      await store.resumeRun(SITE, RUN.runId, { byMs: 0, atMs: RUN.createdAtMs + 9 })
      expect((await store.run(SITE, RUN.runId))?.wish).toBe('pause')
    })
  })
}
