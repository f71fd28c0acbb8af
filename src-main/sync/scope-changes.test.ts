import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTestStore } from '../../test-support/store/store.ts'
import { openTestSync, type TestSync } from '../../test-support/sync/sync.ts'
import { startSite, type TestSite } from '../../test-support/sync/site.ts'
import { expectTruth, truthOf } from '../../test-support/sync/truth.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const PROJECTS = ['TPM', 'OPS'].map((key) => ({ key, name: key }))

function ticket(priorityId: string, projectKey = 'TPM') {
  return {
    project: { key: projectKey },
    issuetype: { id: '10001' },
    summary: 'Somebody made this',
    priority: { id: priorityId },
  }
}

function watching(...ids: string[]) {
  return { watched: ids.map((id) => ({ id, name: id })) }
}

/** Fails where the store does not have what is true of the sync's scope. */
async function expectTrue({ truth, scope }: TestSync, { sandbox }: TestSite): Promise<void> {
  expectTruth(await truth(), await truthOf(sandbox, scope))
}

test('a ticket that left while less was watched counts at once where more is watched again', async () => {
  const site = await startSite({ projects: PROJECTS })
  const { id } = await site.sandbox.add(ticket('1'))
  await site.sandbox.add(ticket('1'))
  site.advance(HOUR)
  const less = await openTestSync(site.jira, watching('1'))
  await less.sync.now()
  const more = await openTestSync(site.jira, { store: less.store, ...watching('1', '2') })
  await more.sync.now()
  await site.sandbox.edit(id, { priority: { id: '2' } })
  site.advance(5 * HOUR)
  await site.sandbox.add(ticket('1'))
  await more.sync.now()
  site.advance(20 * MINUTE)
  // It reads again from where it was, hours ago, and sees the ticket lowered.
  await less.sync.now()
  await expectTrue(less, site)
  await more.sync.now()
  await expectTrue(more, site)
  expect(await more.left()).toEqual([])
})

type Change =
  | { readonly kind: 'add'; readonly priorityId: string; readonly projectKey: string }
  | { readonly kind: 'prioritise'; readonly nth: number; readonly priorityId: string }
  | { readonly kind: 'rename'; readonly nth: number }
  | { readonly kind: 'watch'; readonly scope: number }
  | { readonly kind: 'wait'; readonly ms: number }

const priorityId = fc.constantFrom('1', '2', '3', '4')
const projectKey = fc.constantFrom('TPM', 'OPS')
const nth = fc.nat(1_000)
const SCOPES = [['1'], ['2'], ['1', '2'], ['1', '2', '3']].flatMap((ids) =>
  [null, 'TPM'].map((key) => ({ projectKey: key, ...watching(...ids) })),
)
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), priorityId, projectKey }),
  fc.record({ kind: fc.constant('prioritise' as const), nth, priorityId }),
  fc.record({ kind: fc.constant('rename' as const), nth }),
  fc.record({ kind: fc.constant('watch' as const), scope: fc.nat(SCOPES.length - 1) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, MINUTE, 10 * MINUTE, 7 * HOUR) }),
)

/** On a machine that is busy with others no further history is begun after this. */
const BEGINS_WITHIN_MS = 120_000

test('whatever is watched next, each fetch ends with what is true of it', { timeout: 300_000 }, async () => {
  const untilMs = performance.now() + BEGINS_WITHIN_MS
  const holds = fc.asyncProperty(fc.array(change, { minLength: 30, maxLength: 60 }), async (changes) => {
    if (performance.now() > untilMs) return
    const site = await startSite({ projects: PROJECTS })
    const store = await openTestStore()
    const syncs = await Promise.all(SCOPES.map((scope) => openTestSync(site.jira, { store, ...scope })))
    const ids: string[] = []
    for (const one of ['1', '2']) ids.push((await site.sandbox.add(ticket(one))).id)
    site.advance(HOUR)
    for (const { sync } of syncs) await sync.now()
    for (const one of changes) {
      site.advance(1)
      const id = 'nth' in one ? (ids[one.nth % ids.length] ?? '') : ''
      if (one.kind === 'add') ids.push((await site.sandbox.add(ticket(one.priorityId, one.projectKey))).id)
      if (one.kind === 'prioritise') await site.sandbox.edit(id, { priority: { id: one.priorityId } })
      if (one.kind === 'rename') await site.sandbox.edit(id, { summary: 'Renamed' })
      if (one.kind === 'wait') site.advance(one.ms)
      const sync = one.kind === 'watch' ? syncs[one.scope] : undefined
      await sync?.sync.now()
      if (sync !== undefined) await expectTrue(sync, site)
    }
    await site.sandbox.stop()
  })
  await expect(fc.assert(holds, { numRuns: 8 })).resolves.toBeUndefined()
})
