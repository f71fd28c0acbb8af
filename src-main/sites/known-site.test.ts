import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { siteTime, steadyClock, type SiteClock } from '../../src-shared/domain/site-clock.ts'
import { resolveConfig } from '../config/read-config.ts'
import { machineClock } from '../runtime/clock.ts'
import { openEdgeSite } from './edge-site.ts'
import { keepSite, knownSite, type KnownSite } from './known-site.ts'
import { testFolder } from '../../test-support/end.ts'

const log = { info: vi.fn() }
const NOW_MS = 1_800_000_000_000

/** As a store keeps it, and how often it was written. */
function storeOfOne() {
  const kept = new Map<string, string>()
  let writes = 0
  return {
    kept,
    writes: () => writes,
    knownSite: async (asked: string) => kept.get(asked) ?? null,
    keepSite: async (_siteId: string, asked: string, site: string) => {
      writes++
      kept.set(asked, site)
    },
  }
}

function found(kind: KnownSite['site']['kind'], clock: SiteClock): KnownSite {
  return {
    site: { id: 'site-a', kind, label: 'A', browseUrl: null },
    watchedField: { id: 'priority', name: 'Priority' },
    watched: [{ id: '2', name: 'High' }],
    clock,
  }
}

let dataDir: string
beforeEach(() => void (dataDir = testFolder()))

function config(jira: string, project?: string) {
  const env = { JIRA_USER: 'a@example.com', JIRA_API_KEY: 'planted-token' }
  return resolveConfig({ flags: { jira, project, dataDir }, env, cwd: dataDir })
}

describe('a real Jira', () => {
  const url = 'https://example.atlassian.net'

  test('is known again to who asks for the same, by the machine’s own clock', async () => {
    const store = storeOfOne()
    const site = found('cloud', steadyClock(NOW_MS, 7_000))
    await keepSite(store, config(url), site, log)
    expect(await knownSite(store, config(url), NOW_MS)).toEqual({ ...site, clock: steadyClock(NOW_MS) })
    expect(await knownSite(store, config(url, 'TPM'), NOW_MS)).toBeNull()
    expect(await knownSite(store, config('https://other.example.com'), NOW_MS)).toBeNull()
  })

  test('is not written again where only its clock was measured anew', async () => {
    const store = storeOfOne()
    for (const skewMs of [0, 40, -7]) {
      await keepSite(store, config(url), found('cloud', steadyClock(NOW_MS, skewMs)), log)
    }
    expect(store.writes()).toBe(1)
  })

  test('nothing of the settings can be read in the store', async () => {
    const store = storeOfOne()
    await keepSite(store, config(url), found('cloud', steadyClock(NOW_MS)), log)
    expect([...store.kept.keys()].join()).toMatch(/^[0-9a-f]{64}$/)
  })

  test('what another version has kept is found anew', async () => {
    const store = storeOfOne()
    await keepSite(store, config(url), found('cloud', steadyClock(NOW_MS)), log)
    for (const asked of store.kept.keys()) store.kept.set(asked, '{"site":"A"}')
    expect(await knownSite(store, config(url), NOW_MS)).toBeNull()
  })

  test('a store that cannot be written is no failure', async () => {
    const store = { ...storeOfOne(), keepSite: () => Promise.reject(new Error('read only')) }
    await expect(
      keepSite(store, config(url), found('cloud', steadyClock(NOW_MS)), log),
    ).resolves.toBeUndefined()
  })
})

function sandbox() {
  writeFileSync(path.join(dataDir, 'sandbox.sqlite'), '')
  return config('sandbox')
}

describe('the sandbox', () => {
  test('that was never started is not known', async () => {
    const store = storeOfOne()
    await keepSite(store, config('sandbox'), found('sandbox', steadyClock(NOW_MS)), log)
    expect(store.writes()).toBe(0)
    expect(await knownSite(store, config('sandbox'), NOW_MS)).toBeNull()
  })

  test('keeps its time, and is not written again while that goes on', async () => {
    const store = storeOfOne()
    const wanted = sandbox()
    for (const laterMs of [0, 5_000, 90_000]) {
      await keepSite(store, wanted, found('sandbox', steadyClock(NOW_MS + laterMs, 3_600_000)), log)
    }
    expect(store.writes()).toBe(1)
    const { clock } = (await knownSite(store, wanted, NOW_MS)) ?? {}
    expect(clock && siteTime(clock, NOW_MS + 100_000)).toBe(NOW_MS + 3_700_000)
  })

  test('is not known while its clock may run fast: it alone knows when that ended', async () => {
    const store = storeOfOne()
    const wanted = sandbox()
    const fast = { machineMs: NOW_MS, siteMs: NOW_MS, rate: 60, untilSiteMs: NOW_MS + 3_600_000 }
    await keepSite(store, wanted, found('sandbox', fast), log)
    expect(await knownSite(store, wanted, NOW_MS + 7_200_000)).toBeNull()
  })

  test('at an edge its clock goes as whoever asks it has written down last', async () => {
    const store = storeOfOne()
    const wanted = sandbox()
    const ahead = (ms: number) => keepSite(store, wanted, found('sandbox', steadyClock(NOW_MS, ms)), log)
    await ahead(1_000)
    const committed = new Set<() => void>()
    const onCommit = (_siteId: string, _kinds: unknown, listener: () => void) => {
      committed.add(listener)
      return () => void committed.delete(listener)
    }
    const clock = { ...machineClock, now: () => NOW_MS }
    const { site } = await openEdgeSite(wanted, { store: { ...store, onCommit }, clock })
    expect(site.time.now()).toBe(NOW_MS + 1_000)
    await ahead(3_600_000)
    for (const listener of committed) listener()
    await vi.waitFor(() => expect(site.time.now()).toBe(NOW_MS + 3_600_000))
    await site.close()
    expect(committed.size).toBe(0)
  })
})
