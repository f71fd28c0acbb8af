import { once } from 'node:events'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest'
import type { Fault } from '#jira-sandbox'
import type { TestSandbox } from '#jira-sandbox/testing'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'
import { startHookedSite } from '../../../test-support/server/hooked-site.ts'
import { countDifferences } from '../../../test-support/store/count-differences.ts'
import { storeOfWorkspace } from '../../../test-support/store/store.ts'
import { hurry, PATIENCE, TEST_SCOPE } from '../../../test-support/sync/sync.ts'
import { expectNothingLost, expectTruth, storedOf, truthOf } from '../../../test-support/sync/truth.ts'
import { machineClock } from '../../runtime/clock.ts'
import { syncScope } from '../../sync/scope.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const KILLS = LONG ? 24 : 4
const TICKETS = 12
/** How long a process lives at most before it is killed, real ms. */
const LIFE_MS = 2_500
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? machineClock.now() % 2 ** 31)
const never = new AbortController().signal

/** Each by a part of all webhooks, drawn from the seed; several may meet one. */
function mixed(seed: number): Fault[] {
  return [
    { kind: 'hook-late', rate: 0.3, seed, ms: 1_500 },
    { kind: 'hook-doubled', rate: 0.3, seed: seed + 1 },
    { kind: 'hook-out-of-order', rate: 0.3, seed: seed + 2 },
    { kind: 'hook-lost', rate: 0.2, seed: seed + 3 },
    { kind: 'hook-unsigned', rate: 0.1, seed: seed + 4 },
    { kind: 'hook-forged', rate: 0.1, seed: seed + 5 },
    { kind: 'index-lag', minMs: 0, maxMs: 2_000 },
  ]
}

let cli: CliFixture
beforeEach(() => {
  cli = createCliFixture()
})
afterEach(() => cli.close())

test(
  'who takes webhooks and fetches is killed again and again, while they come late, twice, out of order, forged or not at all, and tickets are deleted: nothing is lost, nothing there twice, no ghost stays',
  { timeout: (KILLS + 6) * 40_000 },
  async () => {
    console.log(`kill -9 among webhooks with seed ${SEED}`)
    const generator = xoroshiro128plus(SEED % 2 ** 31)
    const { environment, open, query } = await storeOfWorkspace(cli.dataDir)
    const site = await startHookedSite(inject('programs').cli, cli, environment)
    const { sandbox } = site
    await sandbox.setFaults(mixed(SEED % 1_000_000))
    let deleted = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const child = await site.serve()
      const exited = once(child, 'exit')
      const killing = machineClock
        .sleep(uniformFloat64(generator) * LIFE_MS, never)
        .then(() => child.kill('SIGKILL'))
      deleted += await happen(sandbox, (most) => uniformInt(generator, 0, most))
      await killing
      await exited
    }
    const last = await site.serve()
    deleted += await happen(sandbox, (most) => uniformInt(generator, 0, most))

    const store = await open()
    const siteId = new URL(sandbox.url).host
    const stored = () => storedOf(store, siteId, TEST_SCOPE)
    // While webhooks are well, one that was lost is made up for by the fetch that comes each minute.
    await vi.waitFor(async () => expectNothingLost(await stored(), await truthOf(sandbox, TEST_SCOPE)), {
      timeout: 120_000,
      interval: 500,
    })
    last.kill('SIGKILL')
    await once(last, 'exit')
    // A deletion of which none told leaves with a census, which looks twice, minutes apart.
    await vi.waitFor(
      async () => {
        await hurry(sandbox, 11)
        expect((await site.run('fetch-tickets')).code).toBe(0)
        expectTruth(await stored(), await truthOf(sandbox, TEST_SCOPE))
      },
      { timeout: 90_000, interval: 1_500 },
    )
    expect(await countDifferences(query, siteId)).toEqual([])
    expect(deleted, 'tickets that were deleted').toBeGreaterThan(0)
    const book = await store.hookBook(siteId, syncScope(TEST_SCOPE))
    const fared = await site.deliveries()
    console.log(
      `webhooks: ${fared.accepted} taken, ${fared.refused} refused, ${fared.toRepeat} to be repeated, ${fared.lost} lost; ${book?.received} received, ${book?.repeats} of them repeats, ${book?.untold} found untold`,
    )
    expect(fared.lost, 'webhooks that were lost').toBeGreaterThan(0)
    expect(fared.refused, 'webhooks that were forged').toBeGreaterThan(0)
    expect(book?.received, 'webhooks that came').toBeGreaterThan(0)
    expect(book?.repeats, 'webhooks that came twice').toBeGreaterThan(0)
  },
)

test.each(['cloud', 'data-center'] as const)(
  'while webhooks of %s tell all, tickets come and go that no fetch has seen: the watermark stands still',
  { timeout: 120_000 },
  async (deployment) => {
    const { environment, open } = await storeOfWorkspace(cli.dataDir)
    const site = await startHookedSite(inject('programs').cli, cli, environment, deployment)
    const { sandbox } = site
    await site.serve()
    const store = await open()
    const siteId = new URL(sandbox.url).host
    const watermark = async (): Promise<unknown> =>
      (await store.syncState(siteId, syncScope(TEST_SCOPE)))?.watermarkMs
    const stored = async (): Promise<number> => (await storedOf(store, siteId, TEST_SCOPE)).tickets.length
    await sandbox.add({ priority: { id: '1' } })
    await expect.poll(stored, PATIENCE).toBe(1)
    await machineClock.sleep(7_000, never) // the fetch after it finds nothing that was not told: the next comes in a minute
    const before = await watermark()
    for (let n = 0; n < 5; n++) await sandbox.add({ priority: { id: '2' } })
    await expect.poll(stored, PATIENCE).toBe(6)
    await sandbox.remove('TPM-3')
    await expect.poll(stored, PATIENCE).toBe(5)
    expect(await watermark()).toEqual(before)
    expect((await site.hooks('check')).code).toBe(0)
    expect((await site.hooks('remove')).stdout).toContain('Removed from Jira')
  },
)

/** What people do in Jira meanwhile: tickets are made, raised, lowered, renamed and deleted. How many of those that are watched were. */
async function happen(sandbox: TestSandbox, draw: (most: number) => number): Promise<number> {
  let deleted = 0
  for (let n = 0; n < TICKETS; n++) {
    await sandbox.add({ priority: { id: String(1 + draw(4)) } })
    const all = await sandbox.truth()
    const some = all[draw(all.length - 1)]
    if (some === undefined) continue
    const what = draw(9)
    if (what < 5) await sandbox.edit(some.id, { priority: { id: String(1 + draw(4)) } })
    else if (what < 7) await sandbox.edit(some.id, { summary: `Renamed ${n}` })
    else if (what < 9) {
      await sandbox.remove(some.id)
      if (TEST_SCOPE.priorityIds.includes(String(some.priorityId))) deleted += 1
    }
    await machineClock.sleep(draw(150), never)
  }
  return deleted
}
