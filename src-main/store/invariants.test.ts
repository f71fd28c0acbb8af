import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Store } from './store.ts'
import { countDifferences } from '../../test-support/store/count-differences.ts'
import { ENGINE, storeForEach, type OpenStore } from '../../test-support/store/store.ts'
import { anyHistory, type Step } from '../../test-support/store/histories.ts'
import {
  applyToModel,
  clearInModel,
  leftInModel,
  strikeInModel,
  type Model,
} from '../../test-support/store/page-model.ts'
import { hour, MINUTE, page, WATCHED } from '../../test-support/store/pages.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
/** Each run writes a site of its own into one store; on a server that takes three times as long. */
const RUNS = LONG ? 3_000 : ENGINE === 'sqlite' ? 200 : 60

/** A first fetch as it should stand: where each open piece begins, by its end. */
type Plan = { readonly watermarkMs: number; readonly pieces: Map<number, number> } | null

interface World {
  readonly model: Model
  plan: Plan
  watermarkMs: number | null
}

// What must be so after every commit, whatever is fetched in whatever order.

const opened = storeForEach()

test(
  'the counts by minute and by day equal a GROUP BY over the tickets at every commit',
  { timeout: LONG ? 900_000 : 120_000 },
  async () => {
    let sites = 0
    const holds = fc.asyncProperty(anyHistory, async (steps) => {
      sites += 1
      await play(opened(), `site-${sites}`, steps)
    })
    await expect(fc.assert(holds, { numRuns: RUNS })).resolves.toBeUndefined()
  },
)

async function play(open: OpenStore, siteId: string, steps: readonly Step[]): Promise<void> {
  const { store } = open
  const world: World = { model: new Map(), plan: null, watermarkMs: null }
  const views: View[] = [await view(store, siteId)]
  for (const step of steps) {
    const before = views.at(-1)?.seq ?? 0
    const news = await take(store, siteId, world, step)
    const [now] = await Promise.all([view(store, siteId), expectTables(open, siteId, world)])
    expect(now.seq).toBe(news ? before + 1 : before)
    if (news) views.push(now)
  }
  // Whoever holds the counts of any earlier commit comes to the present ones by the changes since.
  const last = views.at(-1)
  for (const { seq, counts } of views) {
    const { changes } = await store.changesSince(siteId, seq, WATCHED, 100)
    for (const { minute, priorityId, count } of changes ?? []) counts.set(`${minute} ${priorityId}`, count)
    expect(withoutZeros(counts)).toEqual(last?.counts)
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
    const twice = await store.markMissing(siteId, step.ids, step.atMs, step.apartMs)
    expect(twice.toSorted()).toEqual(strikeInModel(world.model, step.ids, step).toSorted())
  } else {
    await store.clearMissing(siteId, step.ids)
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
  const ever = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
  const leftOf = { siteId, ...ever, limit: 10 }
  const [differences, tickets, total, ids, left, leftInTpm, fetching, state] = await Promise.all([
    countDifferences(rows, siteId),
    rows(ticketsOf(siteId)),
    store.ticketTotal(siteId, WATCHED),
    store.countedIds(siteId, WATCHED, ever),
    store.removedTickets({ ...leftOf, projectKey: null }),
    store.removedTickets({ ...leftOf, projectKey: 'TPM' }),
    store.firstFetch(siteId, 'all'),
    store.syncState(siteId, 'all'),
  ])
  expect(differences).toEqual([])
  expect(tickets).toEqual(ticketsInModel(world.model))
  const watched = [...world.model.values()].filter(
    (known) => known.left === null && WATCHED.priorityIds.includes(known.ticket.priorityId),
  )
  expect(total).toBe(watched.length)
  const jiras = watched.flatMap(({ source, ticket: { id } }) => (source === 'jira' ? [id] : []))
  expect(ids.toSorted()).toEqual(jiras.toSorted())
  expect(left).toEqual(leftInModel(world.model, null))
  expect(leftInTpm).toEqual(leftInModel(world.model, 'TPM'))
  const open = fetching && new Map(fetching.pieces.map(({ fromMs, toMs }) => [toMs, fromMs]))
  expect(open && { watermarkMs: fetching.watermarkMs, pieces: open }).toEqual(world.plan)
  expect(state?.watermarkMs ?? null).toBe(world.watermarkMs)
}

const ticketsOf = (siteId: string): string =>
  `SELECT id, source, project_key, priority_id, status, created_ms, updated_ms, left_ms, missing_since_ms,
     issue_type, components, labels, CASE WHEN reporter IS NULL THEN 1 ELSE 0 END AS unnamed, CASE WHEN reporter = '' THEN 1 ELSE 0 END AS nobody, rehearsed
   FROM tickets WHERE site_id = '${siteId}' ORDER BY id`

function ticketsInModel(model: Model): Record<string, unknown>[] {
  return [...model.values()]
    .map(({ ticket, source, left, struckMs }) => ({
      id: ticket.id,
      source,
      project_key: ticket.projectKey,
      priority_id: ticket.priorityId,
      status: ticket.status,
      created_ms: ticket.createdMs,
      updated_ms: ticket.updatedMs,
      left_ms: left?.atMs ?? null,
      missing_since_ms: struckMs,
      issue_type: ticket.issueType ?? null,
      components: ticket.components === undefined ? null : JSON.stringify(ticket.components),
      labels: ticket.labels === undefined ? null : JSON.stringify(ticket.labels),
      ...reporterInModel(ticket.reporterId),
      rehearsed: ticket.rehearsed === undefined ? null : Number(ticket.rehearsed),
    }))
    .toSorted((a, b) => Number(a.id) - Number(b.id))
}

/** The store has digests alone: see `fields/reporters.test.ts`. */
function reporterInModel(reporterId: string | null | undefined) {
  return { unnamed: reporterId === undefined ? 1 : 0, nobody: reporterId === null ? 1 : 0 }
}

/** What a viewer sees: the counts of a minute and priority, and the commit that they are of. */
interface View {
  readonly seq: number
  readonly counts: Map<string, number>
}

async function view(store: Store, siteId: string): Promise<View> {
  const { seq, rows } = await store.counts(hour({ siteId, toMinute: MINUTE + 1_500 }))
  const counts = rows.map((row) => [`${row.startMinute} ${row.priorityId}`, row.count] as const)
  return { seq, counts: new Map(counts) }
}

function withoutZeros(counts: Map<string, number>): Map<string, number> {
  return new Map([...counts].filter(([, count]) => count !== 0))
}
