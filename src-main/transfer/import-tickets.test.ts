import { describe, expect, test } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Store } from '../store/store.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { page, ticket } from '../../test-support/store/pages.ts'
import { importNotes, importText, type ImportProgress } from './import-tickets.ts'
import { SITE, streamOf, testTransfer } from '../../test-support/transfer/transfer.ts'

const WATCHED = { projectKey: null, priorityIds: ['1', '2'] }
const CREATED_MS = Date.UTC(2021, 2, 4, 10, 11, 12)
const DUMP_START =
  'COPY public.tickets (ticket_id, ticket_severity, ticket_created_date, ticket_title, ticket_project) FROM stdin;\n'

function dump(...rows: string[]): string {
  return `${DUMP_START}${rows.map((line) => `${line}\n`).join('')}\\.\n`
}

const GOOD = [
  '1\tHigh\t2021-03-04T10:11:12.000+0000\tOne\tTPM',
  '2\thighest\t2021-03-04 10:12:12\tTwo\tOPS',
  '3\tLow\t2021-03-04T10:13:12.000+0000\tThree\tTPM',
]

/** As many rows of CSV as one likes, each of its own minute. */
function* manyRows(count: number): Generator<string> {
  yield 'id,created,priorityName,title\n'
  for (let n = 1; n <= count; n++) {
    yield `${n},${new Date(startOfMinute(n)).toISOString()},High,Ticket ${n}\n`
  }
}

/** A store that does something before the second page. */
function before2ndPage(store: Store, happens: () => Promise<void> | void): Store {
  let pages = 0
  return {
    ...store,
    async applyPage(given) {
      pages += 1
      if (pages === 2) await happens()
      return store.applyPage(given)
    },
  }
}

function lines(...rows: object[]): string {
  return rows.map((one) => `${JSON.stringify(one)}\n`).join('')
}

describe('a dump of the first program', () => {
  test('becomes tickets that count, and are found in their minutes', async () => {
    const store = await openTestStore()
    const result = await testTransfer(store).importText(dump(...GOOD))
    expect(result).toMatchObject({
      format: 'old',
      table: 'public.tickets',
      name: 'stdin',
      read: 3,
      imported: 3,
      unchanged: 0,
      skipped: 0,
      refused: 0,
      counted: 2,
      span: { firstMs: CREATED_MS, lastMs: CREATED_MS + 120_000 },
      assumedZone: 1,
      zone: 'UTC',
      unknownColumns: [],
      bad: [],
    })
    expect(await store.ticketTotal(SITE, WATCHED)).toBe(2)
    const tickets = await store.tickets({ ...WATCHED, siteId: SITE, fromMs: 0, toMs: 2e12, limit: 9 })
    expect(tickets.map(({ key, title, priorityName }) => [key, title, priorityName])).toEqual([
      ['#2', 'Two', 'Highest'],
      ['#1', 'One', 'High'],
    ])
  })

  test('importing the same again changes nothing', async () => {
    const store = await openTestStore()
    const transfer = testTransfer(store)
    await transfer.importText(dump(...GOOD))
    const seq = await store.seq(SITE)
    expect(await transfer.importText(dump(...GOOD))).toMatchObject({ read: 3, imported: 0, unchanged: 3 })
    expect(await store.seq(SITE)).toBe(seq)
  })

  test('Jira’s version takes the place of an imported ticket, and is not replaced by one', async () => {
    const store = await openTestStore()
    const transfer = testTransfer(store)
    await transfer.importText(dump(...GOOD))
    const fetched = ticket('1', { createdMs: CREATED_MS, updatedMs: CREATED_MS, key: 'TPM-77' })
    await store.applyPage({ ...page([fetched]), siteId: SITE })
    expect(await store.countedTickets(SITE, ['1'])).toEqual([fetched])
    expect(await transfer.importText(dump(...GOOD))).toMatchObject({ imported: 0, unchanged: 3 })
    expect(await store.countedTickets(SITE, ['1'])).toEqual([fetched])
    expect(await store.ticketTotal(SITE, { projectKey: null, priorityIds: ['1', '2'] })).toBe(2)
  })

  test('what is counted is of the project that is shown', async () => {
    const transfer = testTransfer(await openTestStore(), { projectKey: 'OPS' })
    expect(await transfer.importText(dump(...GOOD))).toMatchObject({ imported: 3, counted: 1 })
  })
})

function csvRow(id: string, title: string, priority = 'High'): string {
  return `${id},2021-03-04T10:11:12Z,${priority},${title}`
}

describe('an id that several rows have', () => {
  const head = 'id,created,priorityName,title'

  test('is one ticket: the last row of it holds, is counted once, and that is reported', async () => {
    const store = await openTestStore()
    const transfer = testTransfer(store)
    const rows = [csvRow('1', 'First'), csvRow('2', 'Two'), csvRow('1', 'Second', 'Low'), csvRow('1', 'Last')]
    const text = [head, ...rows, ''].join('\n')
    const dry = await transfer.importText(text, { dryRun: true })
    const terms = { period: () => 'then', otherZone: '', afterRefusal: '' }
    expect(importText(dry, true, terms)).toContain('2 tickets can be imported')
    const result = await transfer.importText(text)
    expect(result).toMatchObject({ read: 4, imported: 2, unchanged: 0, repeated: 2, counted: 2 })
    expect(importText(result, false, terms)).toContain('2 tickets imported from stdin; 0 were there')
    expect(importNotes(result, terms)).toEqual([
      '2 rows have ids that a later row of stdin has, too: the last one of each holds (1).',
    ])
    expect(await store.countedTickets(SITE, ['1'])).toMatchObject([{ title: 'Last' }])
    expect(await transfer.importText(text)).toMatchObject({ imported: 0, unchanged: 2, repeated: 2 })
  })

  test('also far apart, in several pages, in a dump, and where ids are no numbers', async () => {
    const rows = Array.from({ length: 2_500 }, (_, n) => csvRow(`${n + 1}`, 'x'))
    const more = [csvRow('7', 'again'), csvRow('a', 'x'), csvRow('a', 'again'), csvRow('007', 'another')]
    const transfer = testTransfer(await openTestStore())
    expect(await transfer.importText([head, ...rows, ...more, ''].join('\n'))).toMatchObject({
      read: 2_504,
      imported: 2_502,
      unchanged: 0,
      repeated: 2,
      repeatedIds: ['7', 'a'],
    })
    const old = ['One', 'Two'].map((title) => `9001\tHigh\t2021-03-04 10:11:12\t${title}\tTPM`)
    expect(await transfer.importText(dump(...old))).toMatchObject({ read: 2, imported: 1, repeated: 1 })
  })
})

describe('rows that are no tickets', () => {
  const bad = [
    GOOD[0] ?? '',
    'x\tHigh\t2021-03-04T10:11:12.000+0000\tOne\tTPM',
    '5\tHigh\tyesterday\tOne\tTPM',
    '6\tHigh',
    GOOD[1] ?? '',
  ]

  test('nothing is stored, and each is reported with its line', async () => {
    const store = await openTestStore()
    expect(await testTransfer(store).importText(dump(...bad))).toMatchObject({
      read: 5,
      imported: 0,
      unchanged: 0,
      skipped: 0,
      refused: 3,
      unit: 'line',
      bad: [
        { at: 3, reason: 'ticket_id is "x", which is no number' },
        { at: 4, reason: 'ticket_created_date is "yesterday", which is no date and time' },
        { at: 5, reason: 'this has 2 columns, and the table 5' },
      ],
    })
    expect(await store.seq(SITE)).toBe(0)
  })

  test('are left out on demand', async () => {
    const store = await openTestStore()
    const result = await testTransfer(store).importText(dump(...bad), { skipBad: true })
    expect(result).toMatchObject({ read: 5, imported: 2, skipped: 3, refused: 0 })
    expect(result.bad).toHaveLength(3)
    expect(await store.ticketTotal(SITE, WATCHED)).toBe(2)
  })

  test('one among very many, at the end, keeps all from being stored; twenty are reported', async () => {
    const store = await openTestStore()
    const rows = [...manyRows(5_000), '9999,soon,High,x\n']
    const transfer = testTransfer(store)
    expect(await transfer.importText(rows.join(''))).toMatchObject({ read: 5_001, refused: 1, imported: 0 })
    const result = await transfer.importText(rows.join('').replaceAll('High', ''))
    expect([result.refused, result.bad.length, result.bad[0]?.at]).toEqual([5_001, 20, 2])
    expect(await store.seq(SITE)).toBe(0)
  })

  test('a dry run tells the same and stores nothing', async () => {
    const store = await openTestStore()
    const transfer = testTransfer(store)
    expect(await transfer.importText(dump(...GOOD), { dryRun: true })).toMatchObject({
      read: 3,
      imported: 0,
      counted: 2,
    })
    expect(await transfer.importText(dump(...bad), { dryRun: true })).toMatchObject({ refused: 3 })
    expect(await store.seq(SITE)).toBe(0)
  })
})

describe('an import that does not come to its end', () => {
  const request = { zone: 'UTC', skipBad: false, dryRun: false, onProgress: () => {} }

  test('tells how much is stored, and the next one stores the rest', async () => {
    const store = await openTestStore()
    const interrupt = new AbortController()
    const halting = before2ndPage(store, () => interrupt.abort(new Error('Ctrl-C')))
    const importing = testTransfer(halting).importTickets({
      ...request,
      source: streamOf(manyRows(3_500)),
      signal: interrupt.signal,
    })
    await expect(importing).rejects.toMatchObject({
      code: 'cancelled',
      message:
        'The import was interrupted. 2000 of 3500 rows are stored; importing again stores the rest, and nothing twice.',
    })
    expect(await store.ticketTotal(SITE, WATCHED)).toBe(2_000)
    const rest = await testTransfer(store).importText([...manyRows(3_500)].join(''))
    expect(rest).toMatchObject({ imported: 1_500, unchanged: 2_000 })
  })

  test('interrupted before anything was stored', async () => {
    const transfer = testTransfer(await openTestStore())
    const leaving = new AbortController()
    leaving.abort(new Error('Ctrl-C'))
    await expect(transfer.importText(dump(...GOOD), { signal: leaving.signal })).rejects.toMatchObject({
      code: 'cancelled',
      message: 'The import was interrupted. Nothing was imported.',
    })
  })

  test('the whole program ends', async () => {
    const ending = new AbortController()
    const store = await openTestStore()
    const halting = before2ndPage(store, () => ending.abort(new Error('closing')))
    const importing = testTransfer(halting, { ended: ending.signal }).importTickets({
      ...request,
      source: streamOf(manyRows(3_500)),
      signal: new AbortController().signal,
    })
    await expect(importing).rejects.toMatchObject({ code: 'cancelled' })
  })

  test('tables dropped and made anew meanwhile get no half of it', async () => {
    const store = await openTestStore()
    const replacing = before2ndPage(store, async () => {
      await store.dropTables()
      await store.createTables()
    })
    await expect(testTransfer(replacing).importText([...manyRows(1_500)].join(''))).rejects.toMatchObject({
      code: 'busy',
    })
    expect(await store.ticketTotal(SITE, WATCHED)).toBe(0)
  })

  test('a file stands in for the store', async () => {
    const store = await openTestStore()
    const transfer = testTransfer(store, { isFallback: true })
    await expect(transfer.importText(dump(...GOOD))).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(await store.seq(SITE)).toBe(0)
  })
})

test('how far it is, is reported: first what is read, then what is stored', async () => {
  const told: ImportProgress[] = []
  await testTransfer(await openTestStore()).importText([...manyRows(2_500)].join(''), {
    onProgress: (progress) => told.push(progress),
  })
  expect(told).toEqual([
    { phase: 'checking', rows: 1_000, total: null },
    { phase: 'checking', rows: 2_000, total: null },
    { phase: 'storing', rows: 1_000, total: 2_500 },
    { phase: 'storing', rows: 2_000, total: 2_500 },
    { phase: 'storing', rows: 2_500, total: 2_500 },
  ])
})

test('tickets that left are imported as such, and a later export of them is taken over', async () => {
  const store = await openTestStore()
  const transfer = testTransfer(store)
  const row = { id: '1', created: '2021-03-04T10:11:12Z', priorityName: 'High', key: 'TPM-1' }
  const left = { left: '2021-03-05T00:00:00Z', leftReason: 'deleted' }
  await transfer.importText(lines(row))
  expect(await transfer.importText(lines({ ...row, ...left }))).toMatchObject({
    imported: 1,
    unchanged: 0,
    counted: 0,
  })
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(0)
  expect(await transfer.importText(lines({ ...row, ...left }))).toMatchObject({ imported: 0, unchanged: 1 })
})
