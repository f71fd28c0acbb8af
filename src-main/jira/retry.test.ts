import { describe, expect, test } from 'vitest'
import { brokenConnection, JiraError, limited, serverTrouble, timedOut, unreachable } from './errors.ts'
import { CREATE_REPEATS, READ_REPEATS, withRetries } from './retry.ts'
import { createJumpClock } from '../../test-support/jira/jira.ts'

const never = new AbortController().signal

/** Fails with each of the errors in turn, then succeeds; counts the attempts. */
function failing(errors: readonly Error[]): { attempt: () => Promise<string>; attempts: () => number } {
  let attempts = 0
  return {
    attempts: () => attempts,
    attempt: async () => {
      const error = errors[attempts++]
      if (error !== undefined) throw error
      return 'done'
    },
  }
}

const reset = brokenConnection('jira.test')
const busy = serverTrouble('jira.test', 503, null)
const refused = unreachable('jira.test', 'nothing answers')

/** The waits before one repeat. */
async function waits(random: number): Promise<readonly number[]> {
  const clock = createJumpClock()
  await withRetries(failing([busy]).attempt, {
    repeats: READ_REPEATS,
    clock,
    signal: never,
    random: () => random,
  })
  return clock.waits
}

describe('reads', () => {
  test('are repeated at most four times, waiting 2 s doubled each time', async () => {
    const clock = createJumpClock()
    const { attempt, attempts } = failing(Array.from({ length: 9 }, () => reset))
    const call = withRetries(attempt, { repeats: READ_REPEATS, clock, signal: never, random: () => 0.5 })
    await expect(call).rejects.toBe(reset)
    expect(attempts()).toBe(5)
    expect(clock.waits).toEqual([2_000, 4_000, 8_000, 16_000])
  })

  test('keep clients apart by a jitter of 0.7 to 1.3', async () => {
    expect(await waits(0)).toEqual([1_400])
    expect((await waits(0.999))[0]).toBeCloseTo(2_600, -1)
  })

  test('wait at least as long as Retry-After says', async () => {
    const clock = createJumpClock()
    const { attempt } = failing([limited('jira.test', 'jira-burst-based', 7_000)])
    await expect(withRetries(attempt, { repeats: READ_REPEATS, clock, signal: never })).resolves.toBe('done')
    expect(clock.waits).toHaveLength(1)
    expect(clock.waits[0]).toBeGreaterThanOrEqual(7_000)
  })

  test('asked to wait for no time at all, wait as if nothing was asked', async () => {
    const clock = createJumpClock()
    const { attempt } = failing([limited('jira.test', null, 0)])
    await withRetries(attempt, { repeats: READ_REPEATS, clock, signal: never, random: () => 0.5 })
    expect(clock.waits).toEqual([2_000])
  })

  test('asked to wait for half an hour, fail at once and pass the wait on', async () => {
    const clock = createJumpClock()
    const { attempt, attempts } = failing([limited('jira.test', 'jira-quota-tenant-based', 1_847_000)])
    const call = withRetries(attempt, { repeats: READ_REPEATS, clock, signal: never })
    await expect(call).rejects.toMatchObject({ code: 'jira-limited', retryAfterMs: 1_847_000 })
    expect(attempts()).toBe(1)
    expect(clock.waits).toEqual([])
  })

  test('are not repeated where nothing answers: whoever asked hears it at once', async () => {
    const { attempt, attempts } = failing([refused])
    await expect(
      withRetries(attempt, { repeats: READ_REPEATS, clock: createJumpClock(), signal: never }),
    ).rejects.toBe(refused)
    expect(attempts()).toBe(1)
  })
})

describe('creates', () => {
  test.each([refused, limited('jira.test', null, 1_000)])(
    'are repeated where they surely were not carried out',
    async (error) => {
      const { attempt, attempts } = failing([error])
      const options = { repeats: CREATE_REPEATS, clock: createJumpClock(), signal: never }
      await expect(withRetries(attempt, options)).resolves.toBe('done')
      expect(attempts()).toBe(2)
    },
  )

  test.each([reset, busy])('are never repeated where they may have been', async (error) => {
    const { attempt, attempts } = failing([error])
    const options = { repeats: CREATE_REPEATS, clock: createJumpClock(), signal: never }
    await expect(withRetries(attempt, options)).rejects.toBe(error)
    expect(attempts()).toBe(1)
  })
})

test('an abort ends the wait', async () => {
  const stop = new AbortController()
  const clock = {
    ...createJumpClock(),
    sleep: (_ms: number, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error))
        stop.abort()
      }),
  }
  const call = withRetries(failing([reset]).attempt, { repeats: READ_REPEATS, clock, signal: stop.signal })
  await expect(call).rejects.toMatchObject({ code: 'cancelled', failure: 'unsent' })
})

test('an error that is no failure of Jira passes through', async () => {
  const bug = new TypeError('a bug')
  const options = { repeats: READ_REPEATS, clock: createJumpClock(), signal: never }
  await expect(withRetries(failing([bug]).attempt, options)).rejects.toBe(bug)
  expect(bug).not.toBeInstanceOf(JiraError)
})

test('who is looked on by a person repeats less, waits less, and not after a time-out', async () => {
  const retryPolicy = { maxRetries: 1, longestAskedWaitMs: 5_000, afterTimeout: false }
  const slow = timedOut('jira.test', 1_000)
  const limitedLong = limited('jira.test', null, 5_001)
  for (const [error, wanted] of [
    [reset, 2],
    [slow, 1],
    [limitedLong, 1],
  ] as const) {
    const { attempt, attempts } = failing(Array.from({ length: 9 }, () => error))
    const options = { repeats: READ_REPEATS, clock: createJumpClock(), signal: never, retryPolicy }
    await expect(withRetries(attempt, options)).rejects.toBe(error)
    expect(attempts()).toBe(wanted)
  }
})
