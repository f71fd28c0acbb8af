import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../../../runtime/clock.ts'
import { page, SITE, ticket } from '../../../../test-support/store/pages.ts'
import { testDatabase } from '../../../../test-support/store/database.ts'
import { openPostgresStore } from '../store.ts'

test('statements that were prepared before a newer version changed a table are prepared anew', async () => {
  const database = await testDatabase()
  const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }
  const store = await openPostgresStore(database.config, parts)
  onTestFinished(() => store.close())
  await store.applyPage(page([ticket('1')]))
  expect(await store.countedTickets(SITE, ['1'])).toEqual([ticket('1')])

  await database.query('ALTER TABLE jira_tpm.tickets ALTER COLUMN title TYPE VARCHAR(500)')
  expect(await store.countedTickets(SITE, ['1'])).toEqual([ticket('1')])
  await database.query('ALTER TABLE jira_tpm.tickets ALTER COLUMN title TYPE VARCHAR(600)')
  expect(await store.applyPage(page([ticket('2')]))).toMatchObject({ inserted: 1 })
})
