import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { logFolder, openLog, type Log } from './log.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'tpm-log-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

function unexpected(error: Error): void {
  throw error
}

async function written(write: (log: Log) => void): Promise<string> {
  const opened = openLog(dataDir, unexpected)
  write(opened.log)
  await opened.close()
  return readFileSync(path.join(logFolder(dataDir), 'jira-tpm.log'), 'utf8')
}

test('what is logged is in the file when close is done', async () => {
  const text = await written((log) => log.info({ tickets: 7 }, 'fetched'))
  expect(JSON.parse(text)).toMatchObject({ tickets: 7, msg: 'fetched' })
})

test.each([
  ['a field', { apiToken: 'hunter2' }, ''],
  ['a nested field', { request: { headers: { authorization: 'hunter2' } } }, ''],
  ['a header in a text', {}, 'sent Authorization: Basic hunter2=='],
  ['an error', { err: new Error('Bearer hunter2 refused') }, ''],
  ['a URL', {}, 'https://me:hunter2@example.com/ failed'],
  ['a link', {}, 'http://127.0.0.1:8050/#code=hunter2'],
])('a secret in %s is not written', async (_name, fields, message) => {
  const text = await written((log) => log.warn(fields, message))
  expect(text).not.toContain('hunter2')
  expect(text).toContain('[hidden]')
})

test('a log that cannot be written is told once and stops nothing', async () => {
  writeFileSync(logFolder(dataDir), 'a file in the way')
  const troubles: Error[] = []
  const opened = openLog(dataDir, (error) => troubles.push(error))
  opened.log.info('one')
  opened.log.info('two')
  await opened.close()
  expect(troubles).toHaveLength(1)
})

test('what a terminal would obey is written by its number', async () => {
  const key = 'TPM-1\u009B2J\u202E\u001B]0;x\u0007'
  const text = await written((log) => log.warn({ key }, `${key} failed`))
  expect(text).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u)
  expect(JSON.parse(text)).toMatchObject({ key, msg: `${key} failed` })
})
