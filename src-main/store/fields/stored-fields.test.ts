import { expect, test } from 'vitest'
import { countDifferences } from '../../../test-support/store/count-differences.ts'
import { page, SITE, ticket } from '../../../test-support/store/pages.ts'
import { storeForEach } from '../../../test-support/store/store.ts'
import type { GivenTicket } from './stored-fields.ts'

const opened = storeForEach()

async function stored(given: Partial<GivenTicket>): Promise<unknown> {
  await opened().store.applyPage(page([ticket('1', given)]))
  const [kept] = await opened().store.countedTickets(SITE, ['1'])
  const { issueType, components, labels, rehearsed } = kept ?? {}
  return { issueType, components, labels, rehearsed }
}

const cells = () =>
  opened().rows(
    `SELECT project_key, issue_type, rehearsed, count FROM field_counts WHERE count > 0 ORDER BY 1, 2, 3`,
  )

test('a ticket is listed with what is known of it', async () => {
  const fields = { issueType: 'Bug', components: ['A', 'B'], labels: [], rehearsed: false }
  expect(await stored(fields)).toEqual(fields)
  expect(await stored({ updatedMs: 10 ** 14, issueType: 'Task' })).toEqual({ ...fields, issueType: 'Task' })
})

test('of a ticket with ever so many labels a hundred are kept, each once and no longer than Jira’s', async () => {
  const labels = Array.from({ length: 500 }, (_, n) => `l${1_000 + n}`)
  const kept = labels.slice(0, 99)
  const long = 'a'.repeat(300)
  expect(await stored({ labels: [...labels, ...labels, long] })).toMatchObject({
    labels: [long.slice(0, 255), ...kept],
  })
})

test('what no database takes is replaced', async () => {
  expect(await stored({ issueType: 'Bu\0g', labels: ['a\u{D800}'], components: ['\0'] })).toMatchObject({
    issueType: 'Bu\u{FFFD}g',
    labels: ['a\u{FFFD}'],
    components: ['\u{FFFD}'],
  })
})

test('another type, project or origin moves the counts in the same commit', async () => {
  const { store, rows } = opened()
  const first = { issueType: 'Bug', rehearsed: false, labels: ['a'] }
  await store.applyPage(page([ticket('1', first), ticket('2', first), ticket('3')]))
  expect(await cells()).toEqual([{ project_key: 'TPM', issue_type: 'Bug', rehearsed: 0, count: 2 }])
  const updatedMs = 10 ** 14
  await store.applyPage(
    page([
      ticket('1', { ...first, updatedMs, issueType: 'Task', labels: ['b'] }),
      ticket('2', { ...first, updatedMs, projectKey: 'OPS', rehearsed: true }),
      ticket('3', { updatedMs, issueType: 'Bug' }),
    ]),
  )
  expect(await cells()).toEqual([
    { project_key: 'OPS', issue_type: 'Bug', rehearsed: 1, count: 1 },
    { project_key: 'TPM', issue_type: 'Bug', rehearsed: -1, count: 1 },
    { project_key: 'TPM', issue_type: 'Task', rehearsed: 0, count: 1 },
  ])
  expect(await countDifferences(rows)).toEqual([])
})

test('a ticket whose component alone changed is news, and no minute of the chart changes', async () => {
  const { store } = opened()
  const { seq } = await store.applyPage(page([ticket('1', { components: [] })]))
  expect(await store.applyPage(page([ticket('1', { components: ['A'] })]))).toMatchObject({
    seq: seq + 1,
    updated: 1,
  })
  const scope = { projectKey: null, priorityIds: ['2'] }
  expect(await store.changesSince(SITE, seq, scope, 10)).toEqual({ seq: seq + 1, changes: [] })
})

test('what a run made stays that when its label is taken away', async () => {
  await stored({ labels: ['jira-tpm'], rehearsed: true })
  expect(await stored({ updatedMs: 10 ** 14, labels: [], rehearsed: false })).toMatchObject({
    labels: [],
    rehearsed: true,
  })
})
