import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { changeConfigFile, saveJiraSettings, type JiraSettings } from './config-file.ts'
import { readConfig } from './read-config.ts'
import { testFolder } from '../../test-support/end.ts'

let dataDir: string
let file: string

beforeEach(() => {
  dataDir = testFolder()
  file = path.join(dataDir, 'config.json')
})

const settings: JiraSettings = {
  url: 'https://example.atlassian.net',
  user: 'me@example.com',
  tokenExpiresOn: '2027-01-31',
  projectKey: 'OPS',
  caFile: '/etc/ssl/company.pem',
  watch: { field: { id: 'customfield_10050', name: 'Severity' }, ids: ['3', '4'] },
}

function content(): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

test('what is saved is what the next start reads', async () => {
  await saveJiraSettings(dataDir, settings)
  const { jira, projectKey } = readConfig({ flags: { dataDir }, env: {}, cwd: dataDir })
  const { projectKey: project, ...site } = settings
  expect(jira).toEqual({ kind: 'site', token: null, ...site })
  expect(projectKey).toBe(project)
})

test('all else in the file stays, whatever is saved', async () => {
  const other = { zone: 'Europe/Berlin', sandbox: { seed: 4 }, tokenIn: 'keychain' }
  writeFileSync(file, JSON.stringify({ jira: 'https://old.example.com', user: 'old@example.com', ...other }))
  await saveJiraSettings(dataDir, { ...settings, user: null, caFile: null })
  expect(content()).toMatchObject({ jira: settings.url, ...other })
  expect(content()).not.toHaveProperty('user')
  await saveJiraSettings(dataDir, null)
  expect(content()).toEqual(other)
})

test('a token is never in it, even where the caller has one at hand', async () => {
  const withToken = { ...settings, token: 'planted-token' }
  await saveJiraSettings(dataDir, withToken)
  expect(readFileSync(file, 'utf8')).not.toContain('planted-token')
})

test("the file is the owner's alone, and nothing but the folder's lock is left beside it", async () => {
  writeFileSync(file, '{}')
  chmodSync(file, 0o644)
  await saveJiraSettings(dataDir, settings)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(dataDir)).toEqual(['config.json', 'lock'])
})

test('a file that is not right is not written over', async () => {
  writeFileSync(file, '{"zone": ')
  await expect(saveJiraSettings(dataDir, settings)).rejects.toMatchObject({ code: 'not-configured' })
  expect(readFileSync(file, 'utf8')).toBe('{"zone": ')
})

test('a folder that cannot be written is reported, and nothing is changed', async () => {
  await expect(saveJiraSettings(path.join(dataDir, 'gone'), settings)).rejects.toMatchObject({
    code: 'folder-not-writable',
    message: expect.stringContaining('The settings are as they were.') as string,
  })
})

test('changes at the same time do not undo each other', async () => {
  await Promise.all([
    saveJiraSettings(dataDir, settings),
    changeConfigFile(dataDir, (old) => ({ ...old, tokenIn: 'keychain' })),
    changeConfigFile(dataDir, (old) => ({ ...old, zone: 'Asia/Kathmandu' })),
  ])
  expect(content()).toMatchObject({ jira: settings.url, tokenIn: 'keychain', zone: 'Asia/Kathmandu' })
})
