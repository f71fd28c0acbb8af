import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import type { CountsResult } from '../../../src-shared/contract/tickets.ts'
import { MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { testFolder } from '../../../test-support/end.ts'
import { forgetSnapshot, openSnapshot, type Snapshot } from './snapshot.ts'

const URL = 'https://tpm.example.com'
const FROM = 29_000_000
const at = (minute: number): number => (FROM + minute) * MS_PER_MINUTE

let dataDir: string
let nowMs: number
beforeEach(() => {
  dataDir = testFolder()
  nowMs = at(60)
})

function open(): Snapshot {
  return openSnapshot({ dataDir, url: URL, now: () => nowMs, log: pino({ level: 'silent' }) })
}

const counts: CountsResult = {
  siteId: 's',
  seq: 7,
  fromMinute: FROM,
  toMinute: FROM + 60,
  bucketMinutes: 1,
  priorityIds: ['1'],
  counts: [Array.from({ length: 60 }, (_, minute) => minute)],
  provisionalFromMinute: FROM + 58,
  known: [{ fromMs: at(0), toMs: at(60) }],
}

const ticket = (key: string, minute: number) => ({ key, createdMs: at(minute) })

const span = (from: number, to: number) => ({ fromMs: at(from), toMs: at(to), bucketMinutes: 1, zone: 'UTC' })

test('what an answer brought is there after a start, a commit later; of what came since nothing is known', () => {
  const first = open()
  expect(first.atMs()).toBeNull()
  first.take('counts.get', span(0, 60), counts)
  const change = { siteId: 's', prevSeq: 7, seq: 8, reset: false }
  first.hear('counts.changed', { ...change, changes: [{ minute: FROM + 59, priorityId: '1', count: 99 }] })
  nowMs = at(61)
  first.save(true)

  const again = open()
  expect(again.atMs()).toBe(at(61))
  const shown = again.answer('counts.get', span(30, 90)) as CountsResult
  expect(shown).toMatchObject({ seq: 8, fromMinute: FROM + 30, toMinute: FROM + 90 })
  expect(shown.counts[0]?.slice(0, 30)).toEqual([...counts.counts[0]!.slice(30, 59), 99])
  expect(shown.counts[0]).toHaveLength(60)
  // A zero from here on would be one that nobody measured.
  expect(shown.known).toEqual([{ fromMs: at(0), toMs: at(60) }])
})

test('what it cannot say it does not say: another span, a filter, a page, a call that changes something', () => {
  const snapshot = open()
  snapshot.take('counts.get', span(0, 60), counts)
  expect(snapshot.answer('counts.get', span(-10, 50))).toBeUndefined()
  expect(snapshot.answer('counts.get', { ...span(0, 60), filter: { keep: {} } })).toBeUndefined()
  expect(snapshot.answer('counts.get', { ...span(0, 60), bucketMinutes: 5 })).toBeUndefined()
  expect(snapshot.answer('counts.get', { from: '-1h' })).toBeUndefined()
  expect(snapshot.answer('sync.now', {})).toBeUndefined()
  // Looking back does not drive out the present.
  snapshot.take('counts.get', span(-600, -540), { ...counts, fromMinute: FROM - 600, toMinute: FROM - 540 })
  expect(snapshot.answer('counts.get', span(0, 60))).toMatchObject({ seq: 7, fromMinute: FROM })
})

test('tickets are those of the span that is asked for', () => {
  const snapshot = open()
  const list = { tickets: [ticket('A-2', 50), ticket('A-1', 10)], more: true, cursor: { atMs: 1, id: 'x' } }
  snapshot.take('tickets.list', { ...span(0, 60), limit: 100 }, list)
  expect(snapshot.answer('tickets.list', { ...span(30, 90), limit: 100 })).toEqual({
    tickets: [ticket('A-2', 50)],
    more: false,
    cursor: null,
  })
})

test('of another Jira that is connected there nothing that was kept says anything', () => {
  const snapshot = open()
  snapshot.take('counts.get', span(0, 60), counts)
  snapshot.hear('session.changed', {})
  expect(snapshot.answer('counts.get', span(0, 60))).toBeUndefined()
})

test('its file is its owner’s, has a bound, and goes with the server; one that is none says nothing', () => {
  const snapshot = open()
  snapshot.take('counts.get', span(0, 60), counts)
  const long = { key: 'A-1', title: 'x'.repeat(3 * 2 ** 20), createdMs: at(1) }
  snapshot.take('tickets.list', span(0, 60), { tickets: [long], more: false, cursor: null })
  snapshot.save(true)
  const folder = path.join(dataDir, 'team')
  const [name = ''] = readdirSync(folder)
  const file = path.join(folder, name)
  expect(statSync(file).mode & 0o077).toBe(0)
  expect(statSync(file).size).toBeLessThan(100_000)
  expect(readFileSync(file, 'utf8')).toContain('"seq": 7')
  writeFileSync(file, '{"atMs":1}')
  expect(open().atMs()).toBeNull()
  forgetSnapshot(dataDir, URL)
  expect(readdirSync(folder)).toEqual([])
})
