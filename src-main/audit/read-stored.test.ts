import { expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { readStored } from './read-stored.ts'

test('a store that changes all the time cannot be read between two commits: it is busy, and may be asked again', async () => {
  let seq = 0
  let reads = 0
  const store = {
    async counts() {
      reads += 1
      return { seq, rows: [] }
    },
    seq: async () => ++seq,
    ticketsAfter: async () => [],
  }
  const reading = readStored({
    siteId: 's',
    store,
    scope: { projectKey: null, priorityIds: ['1'] },
    span: { fromMinute: 0, toMinute: 1 },
    minutes: null,
    isWanted: () => true,
    signal: new AbortController().signal,
  })
  const error = await reading.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({ code: 'busy', retryable: true })
  expect(reads).toBeGreaterThan(1)
  expect(reads).toBeLessThan(100)
})
