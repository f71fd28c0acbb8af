import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONTENT_SECURITY_POLICY } from '../../runtime/content-security-policy.ts'
import { answerFileRequest } from './renderer-files.ts'

let base: string
let folder: string

beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'renderer-files-'))
  folder = path.join(base, 'renderer')
  await mkdir(path.join(folder, 'assets'), { recursive: true })
  await mkdir(path.join(base, 'renderer-secrets'))
  await writeFile(path.join(folder, 'index.html'), '<title>Jira TPM</title>')
  await writeFile(path.join(folder, 'assets', 'main.js'), 'export {}')
  await writeFile(path.join(folder, 'assets', 'a b.css'), ':root {}')
  await writeFile(path.join(base, 'outside.txt'), 'secret')
  await writeFile(path.join(base, 'renderer-secrets', 'key.txt'), 'secret')
})

afterAll(() => rm(base, { recursive: true }))

function ask(address: string, method = 'GET'): Promise<Response> {
  return answerFileRequest(new Request(address, { method }), folder)
}

describe('files of the window', () => {
  test.each([
    ['app://jira-tpm/', 'text/html; charset=utf-8', '<title>Jira TPM</title>'],
    ['app://jira-tpm/index.html?x=1#y', 'text/html; charset=utf-8', '<title>Jira TPM</title>'],
    ['app://jira-tpm/assets/main.js', 'text/javascript; charset=utf-8', 'export {}'],
    ['app://jira-tpm/assets/a%20b.css', 'text/css; charset=utf-8', ':root {}'],
  ])('%s is served as %s', async (address, type, text) => {
    const answer = await ask(address)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Type')).toBe(type)
    expect(await answer.text()).toBe(text)
  })

  test('each carries the content security policy and forbids guessing its type', async () => {
    const { headers } = await ask('app://jira-tpm/')
    expect(headers.get('Content-Security-Policy')).toBe(CONTENT_SECURITY_POLICY)
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  test('HEAD gives the headers without the body', async () => {
    const answer = await ask('app://jira-tpm/assets/main.js', 'HEAD')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Length')).toBe('9')
    expect(await answer.text()).toBe('')
  })
})

describe('refused', () => {
  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not a way to ask', async (method) => {
    const answer = await ask('app://jira-tpm/', method)
    expect(answer.status).toBe(405)
    expect(answer.headers.get('Allow')).toBe('GET, HEAD')
  })

  test.each([
    ['another host', 'app://other/index.html'],
    ['a host that only begins like ours', 'app://jira-tpm.evil/index.html'],
    ['another port', 'app://jira-tpm:81/index.html'],
    ['another scheme', 'https://jira-tpm/index.html'],
    ['a missing file', 'app://jira-tpm/nothing.js'],
    ['a folder', 'app://jira-tpm/assets'],
    ['a file as a folder', 'app://jira-tpm/index.html/x'],
    ['the way up, encoded', 'app://jira-tpm/..%2foutside.txt'],
    ['the way up, from inside', 'app://jira-tpm/assets/..%2f..%2foutside.txt'],
    ['the way up, encoded twice', 'app://jira-tpm/..%252foutside.txt'],
    ['the way up, with backslashes', 'app://jira-tpm/..%5coutside.txt'],
    ['a folder that begins like ours', 'app://jira-tpm/..%2frenderer-secrets%2fkey.txt'],
    ['the folder itself', 'app://jira-tpm/assets%2f..'],
    ['a NUL', 'app://jira-tpm/index.html%00.js'],
    ['a stray percent sign', 'app://jira-tpm/%zz'],
  ])('%s', async (_what, address) => {
    const answer = await ask(address)
    expect(answer.status).toBe(404)
    expect(await answer.text()).toBe('')
  })
})
