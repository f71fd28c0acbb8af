import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { answerTo } from './ask.ts'
import { say, type CliIo } from './io.ts'

test('what is said while a question is on the screen comes after its answer', async () => {
  const stderr = new PassThrough({ encoding: 'utf8' })
  const { signal } = new AbortController()
  const io = { stderr, signal, env: {}, isTTY: true, columns: 80 } as unknown as CliIo
  const { promise, resolve } = Promise.withResolvers<string>()
  const answer = answerTo(io, () => promise)
  say(io, 'The run is done.')
  expect(stderr.read()).toBeNull()
  resolve('yes')
  expect(await answer).toBe('yes')
  expect(stderr.read()).toBe('The run is done.\n')
  say(io, 'The store is back.')
  expect(stderr.read()).toBe('The store is back.\n')
})
