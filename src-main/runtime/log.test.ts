import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { logFolder, openLog, type Log } from './log.ts'
import { testFolder } from '../../test-support/end.ts'

let dataDir: string
beforeEach(() => void (dataDir = testFolder()))

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

test('a log that cannot be written is reported once and stops nothing', async () => {
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

test.each([
  ['linux', '/home/me', '/home/me/.config/Jira TPM', '/home/me/.config/Jira TPM/logs'],
  [
    'darwin',
    '/Users/me',
    '/Users/me/Library/Application Support/Jira TPM',
    '/Users/me/Library/Logs/Jira TPM',
  ],
  ['darwin', '/Users/me', '/Users/me/rehearsal', '/Users/me/rehearsal/logs'],
] as const)('on %s logs of a workspace are in the platform’s folder', (platform, home, folder, expected) => {
  expect(logFolder(folder, platform, home)).toBe(expected)
})

test('a file that is full is put away, and a new one begun', async () => {
  const line = 'x'.repeat(1_000_000)
  await written((log) => {
    for (let n = 0; n < 12; n++) log.info(line)
  })
  const files = readdirSync(logFolder(dataDir)).filter((name) => name.endsWith('jira-tpm.log'))
  expect(files.length).toBeGreaterThan(1)
  const sizes = files.map((name) => statSync(path.join(logFolder(dataDir), name)).size)
  expect(Math.max(...sizes)).toBeLessThan(6_500_000)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(12_000_000)
})
