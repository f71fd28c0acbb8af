import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { GivenTicket } from '../store/fields/stored-fields.ts'
import type { Removal, Store, TicketSource } from '../store/store.ts'
import { machineClock } from '../runtime/clock.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import { ENGINE, openTestStore } from '../../test-support/store/store.ts'
import { EXPORT_FORMATS, type ExportFormat } from './ticket-lines.ts'
import { SITE, streamOf, testTransfer } from '../../test-support/transfer/transfer.ts'

/** Everything that may confuse a file format, a spreadsheet or a database. */
const nasty = fc.constantFrom(
  '',
  '"',
  '""',
  "'",
  ',',
  ';',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\\',
  '\\N',
  '\\.',
  '\0',
  '\uD800',
  '\u2028',
  '\u{FEFF}',
  '=1+1',
  '+',
  '-2',
  '@SUM(A1)',
  "'=x",
  '＝',
  '#',
  '😀',
  'é',
  ' ',
  'NULL',
  '{"a":1}',
  '\u001B[31m',
)
const text = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 5 })
  .map((parts) => parts.join(''))
/** Jira’s ids, keys and names are never blank. */
const name = text.map((some) => `x${some}`.slice(0, 200))
const startsNastily = fc.tuple(nasty, name).map(([start, rest]) => `${start}${rest}`)
const moment = fc.integer({ min: 0, max: Date.UTC(9_999, 11, 31) })

/** Each known or not. Jira's names are never empty. */
const fields = fc.record(
  {
    issueType: startsNastily,
    components: fc.array(text, { maxLength: 3 }),
    labels: fc.array(text, { maxLength: 3 }),
    rehearsed: fc.boolean(),
    reporterId: fc.option(name),
  },
  { requiredKeys: [] },
)

const anyTicket: fc.Arbitrary<Ticket> = fc.record({
  id: fc.oneof(fc.nat().map(String), startsNastily),
  key: startsNastily,
  projectKey: fc.oneof(name, startsNastily),
  title: text,
  priorityId: fc.constantFrom('1', '2', '=3'),
  priorityName: startsNastily,
  status: text,
  createdMs: fc.oneof(moment, fc.constantFrom(0, 1, 1_000)),
  updatedMs: moment,
})

const anyStored = fc.record({
  ticket: fc.tuple(anyTicket, fields).map(([ticket, known]): GivenTicket => ({ ...ticket, ...known })),
  source: fc.constantFrom<TicketSource>('jira', 'import', 'sample'),
  left: fc.option(
    fc.record({
      reason: fc.constantFrom<Removal['reason']>('lowered', 'deleted', 'moved', 'hidden'),
      atMs: moment,
      projectKey: name,
    }),
  ),
})

type Stored = typeof anyStored extends fc.Arbitrary<infer T> ? T : never

/** As a fetch stores a ticket, and then that it left. */
async function fill(store: Store, siteId: string, all: readonly Stored[]): Promise<void> {
  const page = { siteId, scope: 's', seenAtMs: 1, watermarkMs: null }
  for (const { ticket, source, left } of all) {
    const tickets = left === null ? [ticket] : []
    const removals = left === null ? [] : [{ ...left, id: ticket.id, ticket }]
    if (left !== null && source === 'jira') {
      // Only one that counted can leave.
      const counted = { ...ticket, priorityId: 'before', updatedMs: 0, projectKey: left.projectKey }
      await store.applyPage({ ...page, source, tickets: [counted], removals: [] })
    }
    await store.applyPage({ ...page, source, tickets, removals })
  }
}

/**
 * Exports whatever tickets from one store, imports them into the other, and exports that: fails unless both exports are
 * the same to the byte.
 */
async function roundTrip(
  { from, into }: { from: Store; into: Store },
  format: ExportFormat,
  numRuns: number,
): Promise<void> {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(anyStored, { maxLength: 8 }), async (all) => {
      const siteId = `${SITE}-${(run += 1)}`
      await fill(from, siteId, all)
      const exported = await testTransfer(from, { siteId }).exportText({ format })
      const transfer = testTransfer(into, { siteId: `${siteId}-again` })
      const source = { ...streamOf([exported]), format }
      expect(await transfer.importText('', { source })).toMatchObject({ refused: 0, unchanged: 0 })
      expect(await transfer.exportText({ format })).toBe(exported)
    }),
    { numRuns },
  )
}

async function openFile(): Promise<Store> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tpm-engines-'))
  const store = await openSqliteStore({ file: path.join(folder, 'tpm.sqlite'), clock: machineClock })
  onTestFinished(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  return store
}

test.each(EXPORT_FORMATS)(
  'what is exported, imported into an empty store, and exported again, is the same to the byte: %s',
  async (format) => {
    const stores = { from: await openTestStore(), into: await openTestStore() }
    await expect(roundTrip(stores, format, 60)).resolves.toBeUndefined()
  },
)

describe.runIf(ENGINE === 'postgres')('between a file and a server', () => {
  test.each(EXPORT_FORMATS)('from a file to a server, nothing changes: %s', async (format) => {
    const stores = { from: await openFile(), into: await openTestStore() }
    await expect(roundTrip(stores, format, 30)).resolves.toBeUndefined()
  })

  test.each(EXPORT_FORMATS)('from a server to a file, nothing changes: %s', async (format) => {
    const stores = { from: await openTestStore(), into: await openFile() }
    await expect(roundTrip(stores, format, 30)).resolves.toBeUndefined()
  })
})
