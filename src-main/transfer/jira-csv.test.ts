import { describe, expect, test } from 'vitest'
import { openTestStore } from '../../test-support/store/store.ts'
import { SITE, testTransfer } from '../../test-support/transfer/transfer.ts'

describe('Jira’s own CSV export', () => {
  const CLOUD = [
    'Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Priority,Created,Updated,Labels,Labels,Description',
    '"Login fails, on Safari",TPM-1,10001,Bug,Done,TPM,Tickets,High,24/Nov/26 2:03 PM,25/Nov/26 9:05 AM,ui,web,"Steps:',
    '1. open ""login"""',
    "'=1 is a title,TPM-2,10002,Task,To Do,TPM,Tickets,Medium,24/Nov/26 2:04 PM,24/Nov/26 2:04 PM,,,",
    '',
  ].join('\n')

  test('its columns are known, its dates are of the zone that is said, its priorities those of the site', async () => {
    const store = await openTestStore()
    const result = await testTransfer(store).importText(CLOUD, { zone: 'Europe/Berlin' })
    expect(result).toMatchObject({ format: 'csv', read: 2, imported: 2, counted: 1, assumedZone: 2, bad: [] })
    expect(result.unknownColumns).toEqual(['Project name', 'Labels', 'Description'])
    expect(await store.countedTickets(SITE, ['10001', '10002'])).toEqual([
      {
        id: '10001',
        key: 'TPM-1',
        projectKey: 'TPM',
        title: 'Login fails, on Safari',
        priorityId: '2',
        priorityName: 'High',
        status: 'Done',
        createdMs: Date.UTC(2026, 10, 24, 13, 3),
        updatedMs: Date.UTC(2026, 10, 25, 8, 5),
        issueType: 'Bug',
      },
      expect.objectContaining({ title: "'=1 is a title", priorityId: 'import-medium' }),
    ])
  })

  test('Data Center’s with ISO dates and chosen columns: the project is that of the key', async () => {
    const store = await openTestStore()
    const text =
      '"Issue key","Issue id","Summary","Priority","Created"\n"OPS-7","10007","x","Highest","2026-11-24 14:03"\n'
    expect(await testTransfer(store).importText(text)).toMatchObject({ imported: 1, counted: 1 })
    expect(await store.countedTickets(SITE, ['10007'])).toMatchObject([
      { projectKey: 'OPS', priorityId: '1' },
    ])
  })

  test('where a field of the site is watched its column is that of the values', async () => {
    const store = await openTestStore()
    const watchedField = { id: 'customfield_10050', name: 'Severity' }
    const text =
      'Issue key,Issue id,Priority,Custom field (Severity),Created\nOPS-7,10007,Low,Highest,24/Nov/26 2:03 PM\n'
    const result = await testTransfer(store, { watchedField }).importText(text)
    expect(result).toMatchObject({ imported: 1, counted: 1, unknownColumns: ['Priority'] })
  })
})
