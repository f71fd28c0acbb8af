import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let cli: CliFixture
let elsewhere: CliFixture
beforeEach(() => {
  cli = createCliFixture()
  elsewhere = createCliFixture()
})
afterEach(() => {
  cli.close()
  elsewhere.close()
})

interface Started {
  readonly url: string
  readonly apiToken: string
  end(): Promise<unknown>
}

async function startDataCenter(): Promise<Started> {
  const controller = new AbortController()
  const { promise: printed, resolve } = Promise.withResolvers<string>()
  const flags = [
    '--deployment',
    'data-center',
    '--context-path',
    '/jira',
    '--history-tickets',
    '20',
    '--json',
  ]
  const running = cli.run(['sandbox', ...flags], { signal: controller.signal, onStdout: resolve })
  const first = await Promise.race([printed, running])
  if (typeof first !== 'string') throw new Error(`it ended: ${first.stderr}`)
  return {
    ...(JSON.parse(first) as { url: string; apiToken: string }),
    end: () => {
      controller.abort()
      return running
    },
  }
}

interface Fetched {
  readonly inserted: number
}

test('the sandbox as a Data Center server: used by its own data folder, and from elsewhere by URL and token', async () => {
  const sandbox = await startDataCenter()
  expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/jira$/)
  const headers = { authorization: `Bearer ${sandbox.apiToken}` }
  expect((await fetch(`${sandbox.url}/rest/api/2/myself`, { headers })).status).toBe(200)

  const inside = await cli.run(['fetch-tickets', '--json'])
  expect(inside.code).toBe(0)
  const { inserted } = JSON.parse(inside.stdout) as Fetched
  expect(inserted).toBeGreaterThan(0)

  const env = { JIRA_URL: sandbox.url, JIRA_API_KEY: sandbox.apiToken }
  const outside = await elsewhere.run(['fetch-tickets', '--json'], { env })
  expect(outside.code).toBe(0)
  expect((JSON.parse(outside.stdout) as Fetched).inserted).toBe(inserted)

  const wrong = await elsewhere.run(['fetch-tickets', '--json'], { env: { ...env, JIRA_API_KEY: 'wrong' } })
  expect(wrong).toMatchObject({ code: 3, stdout: '' })
  expect(wrong.stderr).toContain('personal access token')
  expect(await sandbox.end()).toMatchObject({ code: 0 })
})

test.each([
  ['--deployment', 'server'],
  ['--context-path', 'jira'],
])('%s does not take %s', async (flag, value) => {
  const { code, stderr } = await cli.run(['sandbox', flag, value])
  expect(code).toBe(2)
  expect(stderr).toContain(flag)
})
