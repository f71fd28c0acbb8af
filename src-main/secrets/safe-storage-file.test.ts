import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { createSafeStorageFile } from './safe-storage-file.ts'
import { createTestSafeStorage } from '../../test-support/secrets/secrets.ts'
import { testFolder } from '../../test-support/end.ts'

const account = 'jira https://example.atlassian.net me@example.com'
const { signal } = new AbortController()
let dataDir: string
let file: string

beforeEach(() => {
  dataDir = testFolder()
  file = path.join(dataDir, 'credentials.json')
})

test('a secret is saved, read by the next start, replaced and deleted', async () => {
  const safeStorage = createTestSafeStorage()
  const store = createSafeStorageFile(dataDir, safeStorage)
  expect(await store.get(account, signal)).toBeNull()
  await store.set(account, 'first', signal)
  await store.set('another', 'its own', signal)
  expect(await createSafeStorageFile(dataDir, safeStorage).get(account, signal)).toBe('first')
  await store.set(account, 'second', signal)
  expect(await store.get(account, signal)).toBe('second')
  expect(await store.delete(account, signal)).toBe(true)
  expect(await store.delete(account, signal)).toBe(false)
  expect(await store.get(account, signal)).toBeNull()
  expect(await store.get('another', signal)).toBe('its own')
})

test("the file is the owner's alone and holds nothing that can be read", async () => {
  const store = createSafeStorageFile(dataDir, createTestSafeStorage())
  await store.probe(signal)
  await store.set(account, 'planted-token', signal)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(dataDir)).toEqual(['credentials.json', 'lock'])
  expect(readFileSync(file, 'utf8')).not.toMatch(/planted|cGxhbnRlZC/)
  expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toEqual([account])
})

test.each([
  { name: "Electron's plain-text fall-back", safeStorage: createTestSafeStorage('basic_text') },
  { name: 'a place that Electron does not know', safeStorage: createTestSafeStorage('unknown') },
  {
    name: 'a system without encryption',
    safeStorage: { ...createTestSafeStorage(), isEncryptionAvailable: () => false },
  },
])('$name is refused before anything is written', async ({ safeStorage }) => {
  const store = createSafeStorageFile(dataDir, safeStorage)
  await expect(store.probe(signal)).rejects.toMatchObject({ code: 'secrets-unavailable', retryable: false })
  await expect(store.set(account, 'x', signal)).rejects.toMatchObject({ code: 'secrets-unavailable' })
  expect(readdirSync(dataDir)).toEqual([])
})

test('a file of another machine, or one that is spoilt, is reported and not taken for empty', async () => {
  await createSafeStorageFile(dataDir, createTestSafeStorage()).set(account, 'secret', signal)
  const other = createSafeStorageFile(dataDir, createTestSafeStorage())
  await expect(other.get(account, signal)).rejects.toMatchObject({
    message: expect.stringContaining('encrypted with another key') as string,
  })
  writeFileSync(file, '{')
  await expect(other.get(account, signal)).rejects.toMatchObject({ code: 'secrets-unavailable' })
})
