import fc from 'fast-check'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { GivenTicket } from '../../src-main/store/fields/stored-fields.ts'
import type { FetchPiece, TicketPage } from '../../src-main/store/store.ts'
import { MINUTE, ticket } from './pages.ts'

/** One call of a fetch or a census. */
export type Step =
  | {
      readonly kind: 'page'
      readonly tickets: readonly GivenTicket[]
      readonly given: Pick<TicketPage, 'removals' | 'source' | 'byId' | 'seenAtMs' | 'piece'>
    }
  | {
      readonly kind: 'strike'
      readonly ids: readonly string[]
      readonly atMs: number
      readonly apartMs: number
    }
  | { readonly kind: 'clear'; readonly ids: readonly string[] }
  | { readonly kind: 'plan'; readonly plan: { watermarkMs: number; pieces: readonly FetchPiece[] } }

// Few ids, minutes, moments and pieces, so that edits, moves, stale versions, returns and old plans meet each other.
const id = fc.constantFrom('1', '2', '3')
const moment = fc.integer({ min: 0, max: 3 }).map((age) => startOfMinute(MINUTE) + age)
const pieceEnd = fc.constantFrom(100, 200, 300)
const watermarkMs = fc.constantFrom(1_000, 2_000)

/** Each known or not. */
const fields = fc.record(
  {
    issueType: fc.constantFrom('Bug', 'Task'),
    components: fc.constantFrom<string[]>([], ['Search'], ['Search', 'Checkout']),
    labels: fc.constantFrom<string[]>([], ['a'], ['b', 'a', 'b']),
    rehearsed: fc.boolean(),
    reporterId: fc.constantFrom('ada', 'bob', null),
  },
  { requiredKeys: [] },
)

const anyTicket: fc.Arbitrary<GivenTicket> = fc
  .record({
    fields,
    id,
    minute: fc.constantFrom(0, 1, 2, 1_440),
    updatedMs: moment,
    priorityId: fc.constantFrom('1', '2', '3'),
    projectKey: fc.constantFrom('TPM', 'OPS'),
    status: fc.constantFrom('To Do', 'Done'),
  })
  .map(({ id: ticketId, minute, fields: known, ...rest }) =>
    ticket(ticketId, { ...rest, ...known, createdMs: startOfMinute(MINUTE + minute) }),
  )

const removal = fc
  .record({
    reason: fc.constantFrom('lowered', 'moved', 'deleted', 'hidden'),
    atMs: moment,
    form: anyTicket,
    shown: fc.boolean(),
    projectKey: fc.constantFrom('TPM', 'WEB', undefined),
  })
  .map(({ reason, atMs, form, shown, projectKey }) => ({
    id: form.id,
    reason,
    atMs,
    ...(shown && { ticket: form }),
    ...(projectKey !== undefined && { projectKey }),
  }))

const piece = fc.record({
  watermarkMs,
  toMs: pieceEnd,
  nextFromMs: fc.option(fc.integer({ min: 0, max: 99 }), { freq: 3 }),
})

/** Mostly Jira. */
const source = fc.oneof(
  { weight: 2, arbitrary: fc.constant('jira' as const) },
  { weight: 1, arbitrary: fc.constantFrom('import' as const, 'sample' as const) },
)

const pageStep = fc
  .record({
    tickets: fc.array(anyTicket, { maxLength: 4 }),
    given: fc.record(
      { removals: fc.array(removal, { maxLength: 2 }), seenAtMs: moment, source, byId: fc.boolean(), piece },
      { requiredKeys: ['removals', 'seenAtMs'] },
    ),
  })
  .map((step) => ({ kind: 'page' as const, ...step }))

/** A page of Jira's without progress, of one of some sites. */
export interface PageStep {
  readonly site: number
  readonly tickets: readonly GivenTicket[]
  readonly given: Pick<TicketPage, 'removals' | 'byId' | 'seenAtMs'>
}

/** What one of several writers stores, among `sites` sites. */
export function anyPages(sites: number): fc.Arbitrary<PageStep[]> {
  const step = fc.record({
    site: fc.nat(sites - 1),
    tickets: fc.array(anyTicket, { maxLength: 4 }),
    given: fc.record({
      removals: fc.array(removal, { maxLength: 2 }),
      seenAtMs: moment,
      byId: fc.boolean(),
    }),
  })
  return fc.array(step, { minLength: 1, maxLength: 20 })
}

const ids = fc.array(id, { maxLength: 4 })

const strikeStep = fc
  .record({ ids, atMs: moment, apartMs: fc.constantFrom(0, 1, 2) })
  .map((step) => ({ kind: 'strike' as const, ...step }))

const planStep = fc
  .record({ watermarkMs, ends: fc.uniqueArray(pieceEnd, { minLength: 1, maxLength: 3 }) })
  .map(({ watermarkMs: planMs, ends }) => {
    const pieces = ends.toSorted((a, b) => a - b).map((toMs) => ({ fromMs: toMs - 100, toMs }))
    return { kind: 'plan' as const, plan: { watermarkMs: planMs, pieces } }
  })

/** A site's first fetch, later fetches and censuses, in any order. */
export const anyHistory: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: pageStep },
    { weight: 2, arbitrary: strikeStep },
    { weight: 1, arbitrary: ids.map((some) => ({ kind: 'clear' as const, ids: some })) },
    { weight: 2, arbitrary: planStep },
  ),
  { minLength: 1, maxLength: 10 },
)
