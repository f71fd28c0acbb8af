import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { projectFile } from '../../src-main/runtime/project-files.ts'

/** A request or an answer that Jira's own document does not allow. */
interface Violation {
  readonly request: string
  readonly said: string
}

export interface ValidatingProxy {
  readonly url: string
  /** Requests that were checked, as `POST /rest/api/3/issue`, in order. */
  readonly checked: readonly string[]
  readonly violations: readonly Violation[]
}

/** What Jira answers but its document of REST v3 does not list: nothing to check there. */
const UNDOCUMENTED = /^\/(rest\/api\/2\/serverInfo|_edge\/tenant_info)/

/**
 * Stands between the program and a Jira and has Stoplight's Prism check both sides of every call against Jira's OpenAPI
 * document. Ends with the test.
 */
export async function startValidatingProxy(document: string, upstream: string): Promise<ValidatingProxy> {
  const prism = await startPrism(document, upstream)
  const checked: string[] = []
  const violations: Violation[] = []
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = request
    const [path = ''] = url.split('?')
    const documented = !UNDOCUMENTED.test(path)
    const body = await buffer(request)
    const answer = await fetch(`${documented ? prism : upstream}${url}`, {
      method,
      headers: passedHeaders(request),
      redirect: 'manual',
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    })
    const said = answer.headers.get('sl-violations')
    if (documented) checked.push(`${method} ${path}`)
    if (said !== null) violations.push({ request: `${method} ${path}`, said })
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

/** They belong to one connection, or to a body that is unpacked here. */
const HOP_HEADERS = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-encoding',
  'content-length',
])

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
