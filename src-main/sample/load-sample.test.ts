import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { minuteSpan } from '../../src-shared/domain/minute.ts'
import { planRun } from '../../src-shared/domain/run/run-plan.ts'
import { createTicketText } from '../generator/ticket-text/ticket-text.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { loadSample, readSample, SAMPLE_FROM_MS, SAMPLE_TO_MS, sampleFile } from './load-sample.ts'
import type { TicketColumn } from '../transfer/source-row.ts'

const WATCHED = [
  { id: '10', name: 'Blocker' },
  { id: '11', name: 'Critical' },
]
const SPAN = { ...minuteSpan(SAMPLE_FROM_MS, SAMPLE_TO_MS), bucketMinutes: 1 }

describe('the sample hour', () => {
  test('is what the generator makes of its seed', async () => {
    // After a change on purpose: npx vitest run src-main/sample --update
    await expect(composeSample()).toMatchFileSnapshot(sampleFile())
  })

  test('has a hundred tickets, all of that hour', async () => {
    const tickets = await readSample()
    expect(tickets).toHaveLength(100)
    expect(new Set(tickets.map(({ id }) => id)).size).toBe(100)
    for (const { createdMs, updatedMs } of tickets) {
      expect(createdMs).toBeGreaterThanOrEqual(SAMPLE_FROM_MS)
      expect(createdMs).toBeLessThan(SAMPLE_TO_MS)
      expect(updatedMs).toBeGreaterThanOrEqual(createdMs)
    }
  })

  test('shows in the chart of a site under the priorities that it watches', async () => {
    const store = await openTestStore()
    const loaded = await loadSample({
      store,
      siteId: 's',
      priorities: WATCHED,
      projectKey: null,
      atMs: SAMPLE_TO_MS,
    })
    expect(loaded).toEqual({ loaded: 100, fromMs: SAMPLE_FROM_MS, toMs: SAMPLE_TO_MS })
    const scope = { projectKey: null, priorityIds: ['10', '11'] }
    const { rows } = await store.counts({ siteId: 's', ...SPAN, ...scope })
    const urgent = (await readSample()).filter(({ priorityName }) => priorityName.startsWith('High'))
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(urgent.length)
    expect(urgent.length).toBeGreaterThan(50)
  })

  test('changes nothing when it is loaded again', async () => {
    const store = await openTestStore()
    const load = () =>
      loadSample({ store, siteId: 's', priorities: WATCHED, projectKey: null, atMs: SAMPLE_TO_MS })
    await load()
    const seq = await store.seq('s')
    await load()
    expect(await store.seq('s')).toBe(seq)
  })

  test('does not count its other tickets, whatever ids the site watches', async () => {
    const store = await openTestStore()
    const watched = [{ id: '3', name: 'P1' }]
    await loadSample({ store, siteId: 's', priorities: watched, projectKey: null, atMs: SAMPLE_TO_MS })
    const scope = { projectKey: null, priorityIds: ['3'] }
    const urgent = (await readSample()).filter(({ priorityName }) => priorityName.startsWith('High'))
    expect(await store.ticketTotal('s', scope)).toBe(urgent.length)
  })

  test('is refused where a line is not a ticket', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tpm-sample-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = path.join(folder, 'sample.jsonl')
    await writeFile(file, '\n{"id":"sample-1"}\n')
    await expect(readSample(file)).rejects.toThrow('Line 2 of the sample: created is empty')
    await writeFile(file, '{"id":"sample-1","mood":"good"}\n')
    await expect(readSample(file)).rejects.toThrow('a column mood')
  })
})

const SEED = 1_415
const STATUSES = ['To Do', 'In Progress', 'Done'] as const

/** How the file is made: an hour of 100 arrivals with more urgent tickets than usual, some of them already worked on. */
function composeSample(): string {
  const priorities = ['Highest', 'High', 'Medium', 'Low'].map((name, index) => ({ id: `${index + 1}`, name }))
  const weights = { Highest: 2, High: 5, Medium: 2, Low: 1 }
  const targets = [{ projectKey: 'SAMPLE', priorities, types: [], usualTypeId: '' }]
  const plan = planRun({ count: 100, minutes: 60, seed: SEED, weights, targets })
  const texts = createTicketText(SEED)
  const lines = plan.slots.map(({ slot, offsetMs, priorityId }): { [C in TicketColumn]?: string } => {
    const createdMs = SAMPLE_FROM_MS + offsetMs
    const status = STATUSES[(slot * 7) % 5] ?? 'To Do'
    const workedOnMs = status === 'To Do' ? 0 : 90_000 + ((slot * 37) % 20) * 60_000
    return {
      id: `sample-${slot + 1}`,
      key: `SAMPLE-${slot + 1}`,
      projectKey: 'SAMPLE',
      title: texts.at(slot).title,
      priorityId,
      priorityName: priorities.find(({ id }) => id === priorityId)?.name ?? '',
      status,
      created: new Date(createdMs).toISOString(),
      updated: new Date(createdMs + workedOnMs).toISOString(),
    }
  })
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

test('where one project is shown the sample is in it, so that it is seen', async () => {
  const store = await openTestStore()
  const options = { store, siteId: 's', priorities: WATCHED, atMs: SAMPLE_TO_MS }
  await loadSample({ ...options, projectKey: 'TPM' })
  const scope = { projectKey: 'TPM', priorityIds: ['10', '11'] }
  expect(await store.ticketTotal('s', scope)).toBeGreaterThan(0)
})
