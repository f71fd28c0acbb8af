import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { createDatabasePool } from './database-pool.ts'
import { queryOnce } from './postgres-query.ts'

const server = inject('postgres')
const urlOf = (name: string): string => `postgres://postgres@${server.host}:${server.port}/${name}`
const LEASE = `INSERT INTO jira_tpm.leases (site_id, name, owner, expires_ms) VALUES ('site', 'run', 'me', 1)`

test('a database that is given back is used again: empty, and with nobody in it', async () => {
  const pool = createDatabasePool(server)
  const name = await pool.take()
  await queryOnce(urlOf(name), LEASE)
  const left = new Client(urlOf(name))
  const cut = new Promise((resolve) => left.on('error', resolve))
  await left.connect()
  await pool.giveBack(name)
  await cut
  expect(await pool.take()).toBe(name)
  expect(await queryOnce(urlOf(name), 'SELECT * FROM jira_tpm.leases')).toEqual([])
  expect(await queryOnce(urlOf(name), 'SELECT * FROM jira_tpm.migrations')).not.toEqual([])
})

test.each([
  'DROP TABLE jira_tpm.leases',
  'ALTER TABLE jira_tpm.leases ADD COLUMN other INT',
  'CREATE INDEX ours ON jira_tpm.leases (owner)',
  'DELETE FROM jira_tpm.migrations',
  'CREATE TABLE public.theirs (id INT)',
])('one whose tables are other ones by now is not: %s', async (sql) => {
  const pool = createDatabasePool(server)
  const name = await pool.take()
  await queryOnce(urlOf(name), sql)
  await pool.giveBack(name)
  expect(await pool.take()).not.toBe(name)
  await expect(queryOnce(urlOf(name), 'SELECT 1')).rejects.toMatchObject({ code: '3D000' })
})
