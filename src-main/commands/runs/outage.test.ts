import { expect, onTestFinished, test } from 'vitest'
import { createEventHub, type Client } from '../../../src-shared/contract/client.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { createCliFixture, createTestIo } from '../../../test-support/commands/cli.ts'
import { TOLD_RUN } from '../../../test-support/commands/run.ts'
import { onRun, whenReadable } from './outage.ts'

const AWAY = new AppError('store-unavailable', 'PostgreSQL broke the connection.', { retryable: true })
const { by: _by, ...FACTS } = TOLD_RUN
const BROKEN: RunProgress = { ...FACTS, state: 'broken' }
const DONE: RunProgress = { ...FACTS, state: 'done', created: 20 }

function testIo() {
  const cli = createCliFixture()
  onTestFinished(() => cli.close())
  return createTestIo(cli.cwd)
}

/** Fails so often, then gives the value. */
function failing(times: number, error = AWAY) {
  let asked = 0
  const read = async (): Promise<string> => {
    asked += 1
    if (asked <= times) throw error
    return 'read'
  }
  return { read, asked: () => asked }
}

test('a read waits for a store that is away, and says so once', async () => {
  const { io, written } = testIo()
  const { read, asked } = failing(3)
  expect(await whenReadable(io, read, { everyMs: 1, mostMs: 60_000 })).toBe('read')
  expect(asked()).toBe(4)
  expect(written.stderr).toBe('PostgreSQL broke the connection. It is waited for.\n')
})

test('not for ever, and not for what does not pass', async () => {
  const { io } = testIo()
  await expect(whenReadable(io, failing(Infinity).read, { everyMs: 1, mostMs: 20 })).rejects.toBe(AWAY)
  const closed = new AppError('store-unavailable', 'The store is closed.')
  const { read, asked } = failing(1, closed)
  await expect(whenReadable(io, read)).rejects.toBe(closed)
  expect(asked()).toBe(1)
})

/** What is told of a run that looks broken, and is read as these answers say, the last one again and again. */
async function toldOf(answers: readonly (RunProgress | AppError)[], mostMs: number): Promise<RunProgress> {
  const hub = createEventHub()
  const left = [...answers]
  const client: Client = {
    async call() {
      const [answer] = left.length > 1 ? left.splice(0, 1) : left
      if (answer instanceof AppError) throw answer
      return answer as never
    },
    on: (event, listener) => hub.on(event, listener),
  }
  const { promise, resolve } = Promise.withResolvers<RunProgress>()
  onTestFinished(onRun(client, resolve, { everyMs: 1, mostMs }))
  hub.publish('run.changed', BROKEN)
  return promise
}

test('a run whose server lets go of it while its store is away is not told of as broken', async () => {
  expect(await toldOf([AWAY, BROKEN, AWAY, BROKEN, TOLD_RUN], 60_000)).toEqual(TOLD_RUN)
  expect(await toldOf([DONE], 60_000)).toEqual(DONE)
})

test('one that stays broken is, and so is one that cannot be read any more', async () => {
  expect(await toldOf([BROKEN], 20)).toEqual(BROKEN)
  expect(await toldOf([new AppError('signed-out', 'It does not know us.')], 60_000)).toEqual(BROKEN)
})

test('the time that it has to be taken up begins when its store is back', async () => {
  const mostMs = 200
  const away = Array.from({ length: mostMs + 100 }, () => AWAY) // a read a millisecond at most: longer than that
  expect(await toldOf([...away, BROKEN, TOLD_RUN], mostMs)).toEqual(TOLD_RUN)
})
