import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { startTestSandbox } from '#jira-sandbox/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createCliFixture } from '../../test-support/commands/cli.ts'
import { createCloudJira } from '../jira/cloud/cloud.ts'
import { machineClock } from '../runtime/clock.ts'
import { projectFile } from '../runtime/project-files.ts'

/** What Jira answers but its document of REST v3 does not list: nothing to check there. */
const UNDOCUMENTED = /^\/(rest\/api\/2\/serverInfo|_edge\/tenant_info)/

/** They belong to one connection, or to a body that is unpacked here. */
const HOP_HEADERS = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-encoding',
  'content-length',
])

const OPENAPI = path.resolve(projectFile(), '..', 'shared', 'data', 'jira-cloud-openapi.json')

const hasOpenApi = existsSync(OPENAPI)

if (!hasOpenApi)
  console.warn(`SKIPPED: Jira's OpenAPI document is not at ${OPENAPI}, so nothing is checked against it.`)

/** The endpoints that a day with a Jira Cloud site needs: the test means nothing if they were not called. */
const NEEDED = [
  'GET /rest/api/3/myself',
  'GET /rest/api/3/project/search',
  'GET /rest/api/3/mypermissions',
  'GET /rest/api/3/issue/createmeta/TPM/issuetypes',
  'GET /rest/api/3/issue/createmeta/TPM/issuetypes/10001',
  'POST /rest/api/3/search/jql',
  'POST /rest/api/3/issue',
  'POST /rest/api/3/issue/bulkfetch',
  'POST /rest/api/3/search/approximate-count',
]

test.skipIf(!hasOpenApi)(
  'everything that the program sends to Jira Cloud, and the sandbox answers, is what Jira’s own document allows',
  { timeout: 120_000 },
  async () => {
    const sandbox = await startTestSandbox({ historyTickets: 250, historyHours: 2 })
    onTestFinished(() => sandbox.stop())
    const proxy = await startValidatingProxy(OPENAPI, sandbox.url)
    const cli = createCliFixture()
    onTestFinished(() => cli.close())
    const env = {
      JIRA_URL: proxy.url,
      JIRA_USER: sandbox.email,
      JIRA_API_KEY: sandbox.apiToken,
      JIRA_PROJECT: 'TPM',
    }

    for (const argv of [
      ['doctor'],
      ['fetch-tickets'],
      ['create-tickets', '--count', '6', '--minutes', '0.1', '--yes'],
      ['fetch-tickets'],
      ['audit'],
      ['clean-up', '--yes'],
    ]) {
      const result = await cli.run(argv, { env })
      expect(result, argv.join(' ')).toMatchObject({ code: 0 })
    }

    // What a large site and a census need besides.
    const { signal } = new AbortController()
    const jira = createCloudJira({ ...sandbox, url: proxy.url, clock: machineClock })
    const { ids } = await jira.searchIds(
      { jql: 'project = TPM ORDER BY created ASC', pageToken: null },
      signal,
    )
    expect(await jira.byIds(ids.slice(0, 120), signal)).toHaveLength(120)
    expect(await jira.approximateCount('project = TPM', signal)).toBe(250)
    expect(await jira.deleteTicket('4711', signal)).toBe(false)

    expect(proxy.violations).toEqual([])
    expect(proxy.checked).toEqual(expect.arrayContaining(NEEDED))
    expect(new Set(proxy.checked.filter((call) => call.startsWith('DELETE /rest/api/3/issue/'))).size).toBe(
      6 + 1,
    )

    // The proxy does notice what is not allowed.
    await fetch(`${proxy.url}/rest/api/3/search/jql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jql: 'project = TPM', startAt: 0 }),
    })
    expect(proxy.violations).toMatchObject([{ request: 'POST /rest/api/3/search/jql' }])
  },
)

/** A request or an answer that Jira's own document does not allow. */
interface Violation {
  readonly request: string
  readonly said: string
}

interface ValidatingProxy {
  readonly url: string
  /** Requests that were checked, as `POST /rest/api/3/issue`, in order. */
  readonly checked: readonly string[]
  readonly violations: readonly Violation[]
}

/**
 * Stands between the program and a Jira and has Stoplight's Prism check both sides of every call against Jira's OpenAPI
 * document. Ends with the test.
 */
async function startValidatingProxy(document: string, upstream: string): Promise<ValidatingProxy> {
  const prism = await startPrism(document, upstream)
  const checked: string[] = []
  const violations: Violation[] = []
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = request
    const [asked = ''] = url.split('?')
    const documented = !UNDOCUMENTED.test(asked)
    const body = await buffer(request)
    const answer = await fetch(`${documented ? prism : upstream}${url}`, {
      method,
      headers: passedHeaders(request),
      redirect: 'manual',
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    })
    const said = answer.headers.get('sl-violations')
    if (documented) checked.push(`${method} ${asked}`)
    if (said !== null) violations.push({ request: `${method} ${asked}`, said })
    const headers = [...answer.headers].filter(([name]) => !HOP_HEADERS.has(name))
    response.writeHead(answer.status, headers.flat())
    response.end(Buffer.from(await answer.arrayBuffer()))
  }
  const server = createServer((request, response) => {
    pass(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, checked, violations }
}

function passedHeaders(request: IncomingMessage): Headers {
  const headers = new Headers()
  for (const name of ['authorization', 'content-type', 'accept', 'user-agent']) {
    const value = request.headers[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  return headers
}

async function startPrism(document: string, upstream: string): Promise<string> {
  const child = spawn(
    process.execPath,
    [
      projectFile('node_modules', '@stoplight', 'prism-cli', 'dist', 'index.js'),
      'proxy',
      document,
      upstream,
      '--port',
      '0',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  onTestFinished(() => void child.kill())
  return await new Promise((resolve, reject) => {
    let written = ''
    const hear = (chunk: Buffer): void => {
      written += chunk.toString()
      const [, url] = /Prism is listening on (http:\/\/\S+)/.exec(written) ?? []
      if (url !== undefined) resolve(url)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', (code) => reject(new Error(`Prism ended with ${code}:\n${written}`)))
  })
}
