import { describe, expect, test, vi } from 'vitest'
import { storeForEach, type Engine } from './engine.ts'
import { page, SITE, ticket, WATCHED } from './pages.ts'

/** Who hears of commits, and how they are numbered. */
export function commitSuite(engine: Engine): void {
  describe(`commits (${engine.name})`, () => {
    const opened = storeForEach(engine)

    test('its own commits are heard at once; a page without news is none', async () => {
      const { store } = opened()
      const heard = vi.fn()
      store.onCommit(heard)
      await store.applyPage(page([ticket('1')]))
      expect(heard).toHaveBeenCalledTimes(1)
      await store.applyPage(page([ticket('1')]))
      expect(heard).toHaveBeenCalledTimes(1)
    })

    test("another's commits are heard, until one stops listening", async () => {
      const { store, again } = opened()
      const other = await again()
      const heard = vi.fn()
      const stop = store.onCommit(heard)
      await other.applyPage(page([ticket('1')]))
      await vi.waitFor(() => expect(heard).toHaveBeenCalled())
      expect((await store.changesSince(SITE, 0, WATCHED, 10)).changes).toHaveLength(1)

      stop()
      heard.mockClear()
      const heardByNext = vi.fn()
      store.onCommit(heardByNext)
      await other.applyPage(page([ticket('2')]))
      await vi.waitFor(() => expect(heardByNext).toHaveBeenCalled())
      expect(heard).not.toHaveBeenCalled()
    })

    test('a listener that throws does not fail the commit', async () => {
      const { store } = opened()
      const thrown = new Promise((resolve) => process.once('uncaughtException', resolve))
      const others = process.listeners('uncaughtException').slice(0, -1)
      for (const other of others) process.off('uncaughtException', other)
      store.onCommit(() => {
        throw new Error('a fault of the listener')
      })
      try {
        expect(await store.applyPage(page([ticket('1')]))).toMatchObject({ inserted: 1 })
        expect(await thrown).toMatchObject({ message: 'a fault of the listener' })
      } finally {
        for (const other of others) process.on('uncaughtException', other)
      }
    })

    test('two writers number their commits in one row without gaps', async () => {
      const { store, again } = opened()
      const other = await again()
      const numbered = await Promise.all(
        [store, other].flatMap((one, w) =>
          Array.from({ length: 20 }, async (_, i) => (await one.applyPage(page([ticket(`${w}-${i}`)]))).seq),
        ),
      )
      expect(numbered.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
      expect(await store.ticketTotal(SITE, WATCHED)).toBe(40)
    })
  })
}
