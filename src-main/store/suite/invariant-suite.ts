import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minuteOf } from '../../../src-shared/domain/minute.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { Store } from '../store.ts'
import { storeForEach, type Engine, type OpenStore } from './engine.ts'
import { anyHistory, type Step } from './histories.ts'
import { applyToModel, clearInModel, leftInModel, strikeInModel, type Model } from './page-model.ts'
import { hour, page, WATCHED } from './pages.ts'

/** Each run writes a site of its own into one store. */
const RUNS = process.env['JIRA_TPM_LONG'] ? 3_000 : 200

/** A first fetch as it should stand: where each open piece begins, by its end. */
type Plan = { readonly watermarkMs: number; readonly pieces: Map<number, number> } | null

interface World {
  readonly model: Model
  plan: Plan
  watermarkMs: number | null
}

/** What must be so after every commit, whatever is fetched in whatever order. */
export function invariantSuite(engine: Engine): void {
  describe(`invariants (${engine.name})`, () => {
    const opened = storeForEach(engine)

    test('the minute counts equal a GROUP BY over the tickets at every commit', async () => {
      let sites = 0
      const holds = fc.asyncProperty(anyHistory, async (steps) => {
        sites += 1
        await play(opened(), `site-${sites}`, steps)
      })
      await expect(fc.assert(holds, { numRuns: RUNS })).resolves.toBeUndefined()
    })
  })
}

async function play(opened: OpenStore, siteId: string, steps: readonly Step[]): Promise<void> {
  const { store } = opened
  const world: World = { model: new Map(), plan: null, watermarkMs: null }
  const views = [await view(store, siteId)]
  for (const step of steps) {
    const before = await store.seq(siteId)
    const news = await take(store, siteId, world, step)
    const seq = await store.seq(siteId)
    expect(seq).toBe(news ? before + 1 : before)
    await expectTables(opened, siteId, world)

    // Whoever holds the counts of any earlier commit comes to the present ones by the changes since.
    const now = await view(store, siteId)
    for (const [since, old] of views.entries()) {
      const { changes } = await store.changesSince(siteId, since, WATCHED, 100)
      for (const { minute, priorityId, count } of changes ?? []) old.set(`${minute} ${priorityId}`, count)
      expect(withoutZeros(old)).toEqual(withoutZeros(now))
    }
    views[seq] = now
  }
}

/** Does one step to the store and to what we expect of it; true where it is news. */
async function take(store: Store, siteId: string, world: World, step: Step): Promise<boolean> {
  if (step.kind === 'page') return takePage(store, siteId, world, step)
  if (step.kind === 'plan') {
    const { plan } = step
    await store.planFirstFetch(siteId, 'all', { ...plan, total: 9, epoch: await store.epoch(siteId) })
    world.plan = { ...plan, pieces: new Map(plan.pieces.map(({ fromMs, toMs }) => [toMs, fromMs])) }
  } else if (step.kind === 'strike') {
    const twice = await store.strikeMissing(siteId, step.ids, step.atMs, step.apartMs)
    expect(twice.toSorted()).toEqual(strikeInModel(world.model, step.ids, step).toSorted())
  } else {
    await store.clearStrikes(siteId, step.ids)
    clearInModel(world.model, step.ids)
  }
  return false
}

async function takePage(
  store: Store,
  siteId: string,
  world: World,
  step: Step & { kind: 'page' },
): Promise<boolean> {
  const applied = page(step.tickets, { siteId, ...step.given })
  const { piece } = step.given
  if (piece !== undefined && !isOpen(world.plan, piece)) {
    await expect(store.applyPage(applied)).rejects.toMatchObject({ code: 'busy' })
    return false
  }
  const { news, doubtful } = applyToModel(world.model, applied)
  expect((await store.applyPage(applied)).doubtful).toEqual(doubtful)
  if (piece !== undefined) advance(world, piece)
  return news
}

type Piece = NonNullable<(Step & { kind: 'page' })['given']['piece']>

function isOpen(plan: Plan, { watermarkMs, toMs }: Piece): boolean {
  return plan?.watermarkMs === watermarkMs && plan.pieces.has(toMs)
}

function advance(world: World, { watermarkMs, toMs, nextFromMs }: Piece): void {
  const pieces = world.plan?.pieces ?? new Map<number, number>()
  if (nextFromMs === null) pieces.delete(toMs)
  else pieces.set(toMs, Math.max(nextFromMs, pieces.get(toMs) ?? 0))
  if (pieces.size > 0) return
  world.plan = null
  world.watermarkMs = Math.max(watermarkMs, world.watermarkMs ?? 0)
}

async function expectTables({ store, rows }: OpenStore, siteId: string, world: World): Promise<void> {
  const inTables = await cells(rows, groupedTickets(siteId))
  expect(await cells(rows, storedCounts(siteId))).toEqual(inTables)
  const known = [...world.model.values()]
  expect(inTables).toEqual(grouped(known.filter((one) => one.left === null).map((one) => one.ticket)))

  const struck = known.flatMap(({ ticket: { id }, struckMs }) => (struckMs === null ? [] : [[id, struckMs]]))
  const inRows = await rows(struckTickets(siteId))
  expect(Object.fromEntries(inRows.map((row) => [row['id'], row['missing_since_ms']]))).toEqual(
    Object.fromEntries(struck),
  )

  for (const projectKey of [null, 'TPM']) {
    const ever = { siteId, projectKey, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 10 }
    expect(await store.leftTickets(ever)).toEqual(leftInModel(world.model, projectKey))
  }
  const fetching = await store.firstFetch(siteId, 'all')
  const open = fetching && new Map(fetching.pieces.map(({ fromMs, toMs }) => [toMs, fromMs]))
  expect(open && { watermarkMs: fetching.watermarkMs, pieces: open }).toEqual(world.plan)
  expect((await store.syncState(siteId, 'all'))?.watermarkMs ?? null).toBe(world.watermarkMs)
}

async function view(store: Store, siteId: string): Promise<Map<string, number>> {
  const { rows } = await store.counts(hour({ siteId }))
  return new Map(rows.map((row) => [`${row.startMinute} ${row.priorityId}`, row.count]))
}

function withoutZeros(counts: Map<string, number>): Map<string, number> {
  return new Map([...counts].filter(([, count]) => count !== 0))
}

const groupedTickets = (siteId: string): string =>
  `SELECT project_key, priority_id, created_ms / 60000 AS minute, COUNT(*) AS count FROM tickets
   WHERE site_id = '${siteId}' AND left_ms IS NULL GROUP BY 1, 2, 3`
const storedCounts = (siteId: string): string =>
  `SELECT project_key, priority_id, minute, count FROM minute_counts WHERE site_id = '${siteId}' AND count <> 0`
const struckTickets = (siteId: string): string =>
  `SELECT id, missing_since_ms FROM tickets WHERE site_id = '${siteId}' AND missing_since_ms IS NOT NULL`

async function cells(rows: OpenStore['rows'], sql: string): Promise<string[]> {
  const found = await rows(sql)
  return found
    .map((row) =>
      ['project_key', 'priority_id', 'minute', 'count'].map((column) => String(row[column])).join(' '),
    )
    .toSorted()
}

function grouped(tickets: readonly Ticket[]): string[] {
  const counts = new Map<string, number>()
  for (const { projectKey, priorityId, createdMs } of tickets) {
    const cell = `${projectKey} ${priorityId} ${minuteOf(createdMs)}`
    counts.set(cell, (counts.get(cell) ?? 0) + 1)
  }
  return [...counts].map(([cell, count]) => `${cell} ${count}`).toSorted()
}
