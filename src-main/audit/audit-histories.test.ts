import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DifferenceKind } from '../../src-shared/contract/runs/audit.ts'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import type { Slot } from '../store/ledger/ledger.ts'
import { isWatched } from '../sync/scope.ts'
import {
  addsUp,
  AUDITED_SITE,
  MINUTE,
  named,
  NOON,
  numbers,
  openAuditBench,
} from '../../test-support/audit/audit.ts'
import type { AuditBench, MadeTicket, PlannedSlot } from '../../test-support/audit/audit.ts'

const RUN = 'abcd2345'
const SCOPE = { projectKey: 'TPM', priorityIds: ['1', '2'] }
const HOUR = { fromMinute: minuteOf(NOON), toMinute: minuteOf(NOON) + 60 }

const priorityId = fc.constantFrom('1', '2', '2', '4')
const projectKey = fc.constantFrom('TPM', 'TPM', 'TPM', 'OPS')
const nth = fc.nat(100)

const slots: fc.Arbitrary<PlannedSlot[]> = fc.array(
  fc.record({ atMs: fc.nat(20 * MINUTE), priorityId, projectKey }),
  { minLength: 1, maxLength: 12 },
)

/** What happens behind our back, and what the run and the sync do meanwhile. `nth` picks among the tickets there are. */
type Event =
  | { readonly kind: 'make' | 'fetch' | 'wait' }
  | { readonly kind: 'other'; readonly priorityId: string; readonly projectKey: string }
  | { readonly kind: 'twin' | 'copy' | 'remove' | 'unlabel'; readonly nth: number }
  | { readonly kind: 'prioritise'; readonly nth: number; readonly priorityId: string }
  | { readonly kind: 'move'; readonly nth: number; readonly projectKey: string }

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('make' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('fetch' as const, 'fetch' as const, 'wait' as const) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('other' as const), priorityId, projectKey }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('twin' as const, 'copy' as const, 'remove' as const, 'unlabel' as const),
      nth,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('prioritise' as const), nth, priorityId }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), nth, projectKey }) },
)

interface History {
  readonly twins: MadeTicket[]
  readonly copies: MadeTicket[]
}

async function live(
  bench: AuditBench,
  plan: readonly PlannedSlot[],
  events: readonly Event[],
): Promise<History> {
  const { sandbox } = bench
  const history: History = { twins: [], copies: [] }
  let made = 0
  for (const one of events) {
    bench.advance(1_000)
    const all = await sandbox.truth()
    const ticket = 'nth' in one ? all[one.nth % Math.max(1, all.length)] : undefined
    if (one.kind === 'make' && made < plan.length) await bench.make(RUN, made++)
    else if (one.kind === 'fetch') await bench.fetch()
    else if (one.kind === 'wait') bench.advance(3 * MINUTE)
    else if (one.kind === 'other') {
      const fields = { priority: { id: one.priorityId }, project: { key: one.projectKey } }
      await sandbox.add(fields, sandbox.clock.now())
    } else if (one.kind === 'twin' && made > 0) history.twins.push(await bench.forge(RUN, one.nth % made))
    else if (one.kind === 'copy') history.copies.push(await bench.forge(RUN, null))
    else if (ticket === undefined) continue
    else if (one.kind === 'remove') await sandbox.remove(ticket.id)
    else if (one.kind === 'prioritise') await sandbox.edit(ticket.id, { priority: { id: one.priorityId } })
    else if (one.kind === 'move' && ticket.projectKey !== one.projectKey)
      await sandbox.move(ticket.id, one.projectKey)
    // Whose label is off cannot be told from anybody's; only the run's own tickets stay known, by their mark.
    else if (one.kind === 'unlabel' && (await isOwn(bench, ticket.id)))
      await sandbox.edit(ticket.id, { labels: [] })
  }
  return history
}

async function isOwn({ store }: AuditBench, id: string): Promise<boolean> {
  return (await store.slots(AUDITED_SITE, RUN)).some(({ issueId }) => issueId === id)
}

/** What an audit should say, worked out in another way: from the sandbox's own records and the store's rows. */
async function expected(bench: AuditBench, { twins, copies }: History) {
  const truth = new Map(
    (await bench.sandbox.truth()).map(({ priorityId: priority, ...issue }) => [
      issue.id,
      { ...issue, priorityId: String(priority) },
    ]),
  )
  const rows = await bench.store.tickets({
    siteId: AUDITED_SITE,
    ...SCOPE,
    fromMs: 0,
    toMs: 9e15,
    limit: 10_000,
  })
  const stored = new Map(rows.map((ticket) => [ticket.id, ticket]))
  const shown = [...truth.values()].filter((issue) => isWatched(SCOPE, issue))
  const isShown = (id: string): boolean => shown.some((issue) => issue.id === id)

  const lag = (id: string): DifferenceKind | null =>
    stored.get(id)?.priorityId === truth.get(id)?.priorityId ? null : 'not-fetched'
  const fate = (slot: Slot): DifferenceKind | null => {
    if (slot.issueId === null) return 'not-yet-made'
    const issue = truth.get(slot.issueId)
    if (issue === undefined) return 'deleted'
    if (!isWatched(SCOPE, slot)) return null
    if (issue.projectKey !== 'TPM') return 'moved'
    return isWatched(SCOPE, issue) ? lag(slot.issueId) : 'lowered'
  }
  const ledger = await bench.store.slots(AUDITED_SITE, RUN)
  const ofRun = ledger.flatMap((slot) => {
    const kind = fate(slot)
    return kind === null ? [] : [`missing ${RUN}/${slot.slot} ${slot.issueKey} ${kind}`]
  })
  const keyNow = (id: string): string | undefined => truth.get(id)?.key
  const extra = [
    ...twins.flatMap(({ id }) => (truth.has(id) ? [`extra ${keyNow(id)} twice`] : [])),
    ...copies.flatMap(({ id }) => (truth.has(id) ? [`extra ${keyNow(id)} foreign`] : [])),
  ]

  const watched = ledger.filter((slot) => slot.issueId !== null && isWatched(SCOPE, slot))
  const ownIds = new Set(watched.map(({ issueId }) => issueId ?? ''))
  const others = shown.filter(({ id }) => !ownIds.has(id))
  const ofOthers = others.flatMap(({ id, key }) =>
    lag(id) === null ? [] : [`missing null/null ${key} not-fetched`],
  )
  const left = [...stored.values()].filter(({ id }) => !ownIds.has(id) && !isShown(id))
  const created = ledger.filter(({ state }) => state === 'created').length
  const own = [...ownIds]
  const ownStored = own.filter((id) => stored.has(id)).length
  return {
    run: [...ofRun, ...extra].toSorted(),
    runNumbers: [ledger.length, created, own.length, 0, own.filter(isShown).length, ownStored, ownStored],
    span: [
      ...ofRun,
      ...extra,
      ...ofOthers,
      ...left.map(({ key }) => `extra ${key} left-in-store`),
    ].toSorted(),
    spanNumbers: [ledger.length, created, own.length, others.length, shown.length, stored.size, stored.size],
  }
}

test(
  'whatever becomes of tickets behind our back, the audits of the run and of the hour name exactly that',
  { timeout: process.env['JIRA_TPM_LONG'] ? 900_000 : 120_000 },
  async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        slots,
        fc.array(event, { minLength: 15, maxLength: 40, size: 'max' }),
        async (unsorted, events) => {
          const plan = unsorted.toSorted((a, b) => a.atMs - b.atMs)
          const bench = await openAuditBench({ scope: SCOPE })
          await bench.plan(RUN, plan)
          const history = await live(bench, plan, events)
          const [run, span, wanted] = [
            await bench.audit.run(),
            await bench.audit.span(HOUR),
            await expected(bench, history),
          ]
          expect(named(run).toSorted()).toEqual(wanted.run)
          expect(numbers(run)).toEqual(wanted.runNumbers)
          expect(named(span).toSorted()).toEqual(wanted.span)
          expect(numbers(span)).toEqual(wanted.spanNumbers)
          expect([addsUp(run), addsUp(span)]).toEqual([true, true])
          expect([run.ok, span.ok]).toEqual([wanted.run.length === 0, wanted.span.length === 0])
          for (const { kind } of [...span.missing, ...span.extra]) seen.add(kind)
        },
      ),
      { numRuns: process.env['JIRA_TPM_LONG'] ? 400 : 20, seed: 7 },
    )
    // It says something only where all of that happened.
    expect([...seen].toSorted()).toEqual([
      'deleted',
      'foreign',
      'left-in-store',
      'lowered',
      'moved',
      'not-fetched',
      'not-yet-made',
      'twice',
    ])
  },
)
