import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { createRequestGuard, type OpenResponse, type RequestGuard } from './request-guard.ts'

const PLENTY = { bytes: 1_000_000, requests: 10 }

async function serve(answer: http.RequestListener): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, asked }
}

function* pieces(): Generator<string> {
  for (;;) yield 'x'.repeat(10_000)
}

/** Asks past the guard as electron-updater would, over plain HTTP underneath; gives the text or throws. */
function ask(guard: RequestGuard, port: number, protocol = 'https:'): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (response: OpenResponse): void => {
      response.on('error', reject)
      response.on('data', (chunk: Buffer) => void (text += chunk.toString()))
      response.on('end', () => resolve(text))
    }
    const request = guard.send(protocol, read, (answered) => {
      const sent = http.request({ port, host: '127.0.0.1' }, answered)
      return Object.assign(sent, { abort: () => void sent.destroy() })
    })
    request.on('error', reject)
    request.end()
  })
}

test('an answer passes whole', async () => {
  const { port } = await serve((_request, response) => response.end('x'.repeat(100_000)))
  const guard = createRequestGuard()
  guard.begin(PLENTY)
  expect(await ask(guard, port)).toHaveLength(100_000)
})

test.each(['http:', 'file:', '', undefined, null])('nothing is sent by %j', async (protocol) => {
  const { port, asked } = await serve((_request, response) => response.end('x'))
  const guard = createRequestGuard()
  guard.begin(PLENTY)
  const given = guard.send(
    protocol,
    () => {},
    () => {
      throw new Error('sent')
    },
  )
  const failed = new Promise((resolve) => given.on('error', resolve))
  given.end()
  expect(await failed).toMatchObject({ code: 'bad-data', message: expect.stringContaining('not https') })
  await expect(ask(guard, port, 'http:')).rejects.toThrow('not https')
  expect(asked).toEqual([])
})

test('an answer without an end is cut', async () => {
  let isGone = false
  const { port } = await serve((request, response) => {
    const endless = Readable.from(pieces())
    request.on('close', () => (isGone = true))
    endless.pipe(response)
  })
  const guard = createRequestGuard()
  guard.begin(PLENTY)
  await expect(ask(guard, port)).rejects.toThrow('sent more than it may')
  await expect.poll(() => isGone).toBe(true)
})

test('the bytes of all answers count together, until the next piece of work', async () => {
  const { port } = await serve((_request, response) => response.end('x'.repeat(600_000)))
  const guard = createRequestGuard()
  guard.begin(PLENTY)
  await ask(guard, port)
  await expect(ask(guard, port)).rejects.toThrow('sent more than it may')
  guard.begin(PLENTY)
  await ask(guard, port)
})

test('a chain of redirects without an end is cut', async () => {
  const { port, asked } = await serve((_request, response) => response.end('x'))
  const guard = createRequestGuard()
  guard.begin({ ...PLENTY, requests: 2 })
  await ask(guard, port)
  await ask(guard, port)
  await expect(ask(guard, port)).rejects.toThrow('without end')
  expect(asked).toHaveLength(2)
})

test.each<[string, http.RequestListener]>([
  ['before it answers', () => {}],
  ['within its answer', (_request, response) => void response.write('x')],
])('a server that is silent %s is left', async (_when, answer) => {
  const { port } = await serve(answer)
  const guard = createRequestGuard(50)
  guard.begin(PLENTY)
  await expect(ask(guard, port)).rejects.toThrow('silent')
})

test('a slow server is waited for, as long as it sends', async () => {
  const { port } = await serve((_request, response) => {
    let left = 6
    const timer = setInterval(() => {
      response.write('x')
      if (--left > 0) return
      clearInterval(timer)
      response.end()
    }, 40)
  })
  const guard = createRequestGuard(150)
  guard.begin(PLENTY)
  expect(await ask(guard, port)).toBe('xxxxxx')
})
