import { expect, test } from 'vitest'
import { createPrometheus, type Prometheus } from './prometheus.ts'
import { readExposition, valueOf } from '../../test-support/metrics/exposition.ts'
import { measureStore } from './measure-store.ts'
import type { Store } from '../store/store.ts'
import { ENGINE, openTestStore } from '../../test-support/store/store.ts'
import { page, SITE, ticket } from '../../test-support/store/pages.ts'

async function open(): Promise<{ store: Store; prometheus: Prometheus }> {
  const prometheus = createPrometheus({ version: '1' })
  return { store: measureStore(await openTestStore(), prometheus.metrics), prometheus }
}

async function numbers({ prometheus }: { prometheus: Prometheus }) {
  const families = readExposition(await prometheus.text())
  return (name: string, labels: Record<string, string> = {}) => valueOf(families, name, labels)
}

/** What the store tells of itself, of whichever engine it is. */
test('tells each call by its kind, and how long it took', async () => {
  const opened = await open()
  const { store } = opened
  await store.applyPage(page([ticket('1'), ticket('2')]))
  await store.seq(SITE)
  await store.lastRun(SITE)
  const of = await numbers(opened)
  const engine = ENGINE
  expect(of('jira_tpm_store_call_duration_seconds_count', { engine, kind: 'commit' })).toBe(1)
  expect(of('jira_tpm_store_call_duration_seconds_count', { engine, kind: 'read' })).toBe(2)
  expect(of('jira_tpm_store_call_duration_seconds_sum', { kind: 'commit' })).toBeGreaterThan(0)
})

test('counts tickets as they were stored: new, changed, left; and nothing for what was there', async () => {
  const opened = await open()
  const { store } = opened
  await store.applyPage(page([ticket('1'), ticket('2'), ticket('3')]))
  await store.applyPage(page([ticket('1'), ticket('2'), ticket('3')]))
  await store.applyPage(page([{ ...ticket('1'), title: 'Another', updatedMs: ticket('1').updatedMs + 1 }]))
  await store.applyPage({
    ...page([]),
    removals: [{ id: '2', reason: 'deleted', atMs: ticket('2').updatedMs }],
  })
  const of = await numbers(opened)
  const tickets = (change: string): number => of('jira_tpm_tickets_written_total', { change })
  expect([tickets('inserted'), tickets('updated'), tickets('left')]).toEqual([3, 1, 1])
})

test('a call that fails is reported, and counts for nothing else', async () => {
  const opened = await open()
  await opened.store.dropTables()
  await expect(opened.store.applyPage(page([ticket('1')]))).rejects.toMatchObject({
    code: 'tables-missing',
  })
  const of = await numbers(opened)
  expect(of('jira_tpm_store_call_failures_total', { engine: ENGINE, kind: 'commit' })).toBe(1)
  expect(of('jira_tpm_tickets_written_total')).toBe(0)
})

test('reads of a replica give what they gave, and are told of one by one', async () => {
  const { metrics, text } = createPrometheus({ version: '1' })
  const store = await openTestStore()
  const asOf = { atMs: 1, behindMs: 0, server: 'standby', notice: null }
  const longReads: Store['longReads'] = () => ({ reads: store, asOf: () => asOf })
  const measured = measureStore({ ...store, longReads }, metrics).longReads?.('recent')
  expect(await measured?.reads.seq(SITE)).toBe(await store.seq(SITE))
  expect(measured?.asOf()).toBe(asOf)
  const families = readExposition(await text())
  expect(valueOf(families, 'jira_tpm_store_call_duration_seconds_count', { kind: 'read' })).toBe(1)
})
