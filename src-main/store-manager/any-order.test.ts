import { setTimeout as nap } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createAnyOrderApp, type AnyOrderApp } from '../../test-support/store-manager/any-order.ts'

const HAPPENINGS = {
  serverLost: (app: AnyOrderApp) => app.goDown(),
  serverBack: (app: AnyOrderApp) => app.goUp(),
  useFallback: (app: AnyOrderApp) => app.call('store.useFallback'),
  usePrimary: (app: AnyOrderApp) => app.call('store.usePrimary'),
  otherServer: (app: AnyOrderApp) => app.reopenWith('other.example.com'),
  sameServer: (app: AnyOrderApp) => app.reopenWith('db.example.com'),
  otherPassword: (app: AnyOrderApp) => app.reopenWith('db.example.com', { renewed: true }),
  ownFile: (app: AnyOrderApp) => app.reopenWith('own.sqlite'),
  fallbackAllowed: (app: AnyOrderApp) => app.allowFallback('sqlite'),
  fallbackForbidden: (app: AnyOrderApp) => app.allowFallback(null),
} as const

/** What happens, and how long nothing else does then (ms). */
type Story = readonly (readonly [keyof typeof HAPPENINGS, number])[]

const happening = fc.constantFrom(...(Object.keys(HAPPENINGS) as (keyof typeof HAPPENINGS)[]))
const pauseMs = fc.constantFrom(0, 0, 1, 3, 8)

function story(maxLength: number): fc.Arbitrary<Story> {
  return fc.array(fc.tuple(happening, pauseMs), { maxLength })
}

/** Runs what happens, one after the other, without waiting for what it leads to. */
async function run(app: AnyOrderApp, happenings: Story): Promise<void> {
  for (const [name, ms] of happenings) {
    HAPPENINGS[name](app)
    if (ms > 0) await nap(ms)
  }
}

/** Races are rare: many apps at a time, so that there are many. */
const APPS = 60
const ROUNDS = { numRuns: 8 }

function forApps(
  tale: fc.Arbitrary<[Story, Story, number]>,
  check: (tale: [Story, Story, number]) => Promise<void>,
) {
  const tales = fc.array(tale, { minLength: APPS, maxLength: APPS })
  return fc.assert(
    fc.asyncProperty(tales, async (all) => void (await Promise.all(all.map(check)))),
    { ...ROUNDS, endOnFailure: true },
  )
}

const never = fc.constant<Story>([])

test('whatever happens in whatever order, one engine is there in the end, over the store that is told', async () => {
  await forApps(fc.tuple(story(14), never, fc.integer()), async ([happenings, , seed]) => {
    const app = createAnyOrderApp(seed)
    await run(app, happenings)
    await app.settled()
    await vi.waitFor(async () => {
      const label = app.inUse()
      expect(app.isOpen()).toBe(label !== null)
      if (label === null) return
      expect((await app.status()).label).toBe(label)
      expect(app.lastTold()).toBe(label)
      expect(app.openStores()).toContain(label)
    })
    expect(app.faults).toEqual([])
    await app.stop()
  })
}, 60_000)

test('whenever it is stopped, nothing stays open, and nothing begins any more', async () => {
  await forApps(fc.tuple(story(6), story(3), fc.integer()), async ([before, meanwhile, seed]) => {
    const app = createAnyOrderApp(seed)
    await run(app, before)
    const stopping = app.stop()
    await run(app, meanwhile)
    await stopping
    await app.settled()
    expect(app.isOpen()).toBe(false)
    await vi.waitFor(() => expect(app.openStores()).toEqual([]))
    expect(app.faults).toEqual([])
  })
}, 60_000)
