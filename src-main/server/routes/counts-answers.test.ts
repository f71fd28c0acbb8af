import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { createDispatch, type Dispatch, type Reply } from '../../../src-shared/contract/dispatch.ts'
import type { CountsResult } from '../../../src-shared/contract/tickets.ts'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { createHandlers, type Core } from '../../app/handlers.ts'
import { provisionalFrom } from '../../sync/index-lag.ts'
import { syncScope } from '../../sync/scope.ts'
import type { Store } from '../../store/store.ts'
import { ENGINE, makeTestData } from '../../../test-support/store/store.ts'
import { MINUTE, page, SITE, ticket } from '../../../test-support/store/pages.ts'
import { createCountsAnswers, type CountsAnswer } from './counts.ts'
import { fromWireError } from '../../../src-shared/errors/app-error.ts'

type Answers = ReturnType<typeof createCountsAnswers>

/** The core's part that counts, over a store that another process writes to as well. */
interface Counting {
  readonly mine: Store
  readonly other: Store
  readonly answers: Answers
  /** As the core itself gives it, and how often it was asked. */
  readonly dispatch: Dispatch
  asked: number
  /** Happens between the look at the state and the answer. */
  meanwhile: () => void
  nowMs: number
  lagMs: number
  /** Another engine, which watches something else, takes the place of this one. */
  readonly exchange: () => unknown
  /** Of what the engine watches now. */
  readonly scopeName: () => string
}

async function createCounting(): Promise<Counting> {
  const data = await makeTestData()
  const [mine, other] = [await data.open(), await data.open()]
  const time = { now: () => counting.nowMs, current: () => ({ baseMs: 0, atMs: 0, rate: 1 }) }
  const statusNow = () => ({ lastSuccessMs: null, indexLagMs: counting.lagMs })
  const engineOf = (priorityIds: readonly string[]): { dispatch: Dispatch; scopeName: string } => {
    const session = {
      site: { id: SITE },
      projectKey: null,
      zone: 'UTC',
      watchedField: { id: 'priority', name: 'Priority' },
      watched: priorityIds.map((id) => ({ id, name: id })),
    }
    const scope = { projectKey: null, priorityIds, fieldId: 'priority' }
    const core = { session, store: mine, time, syncStatus: statusNow, scope, outputs: {} } as unknown as Core
    const handlers = createHandlers(core) as Parameters<typeof createDispatch>[0]
    const scopeName = syncScope(scope)
    return { dispatch: createDispatch(handlers, () => {}), scopeName }
  }
  let [engine, next] = [engineOf(['1', '2']), engineOf(['2', '3'])]
  const dispatch: Dispatch = (method, params) => engine.dispatch(method, params)
  const counting: Counting = {
    mine,
    other,
    dispatch,
    answers: createCountsAnswers({
      maxAnswers: MOST_ANSWERS,
      dispatch: (method, params) => {
        counting.asked += 1
        counting.meanwhile()
        return dispatch(method, params)
      },
      async countsState() {
        const of = engine
        const seq = await mine.seq(SITE)
        return {
          of,
          seq,
          provisionalFromMinute: provisionalFrom(statusNow(), time as never),
          known: [...(await mine.knownSpans(SITE, of.scopeName))],
        }
      },
    }),
    asked: 0,
    meanwhile: () => {},
    nowMs: startOfMinute(MINUTE + 30),
    lagMs: 0,
    exchange: () => ([engine, next] = [next, engine]),
    scopeName: () => engine.scopeName,
  }
  return counting
}

function textOf(fromMinute: number, minutes: number, bucketMinutes = 1): string {
  const fromMs = startOfMinute(MINUTE + fromMinute)
  return JSON.stringify({ fromMs, toMs: fromMs + minutes * 60_000, bucketMinutes })
}

const MOST_ANSWERS = 20
/** Tables are dropped and made in them: on a server that takes long. */
const RUNS = ENGINE === 'sqlite' ? 10 : 2
const TEXTS = [textOf(0, 60), textOf(0, 120, 2), textOf(30, 60), textOf(-60, 60, 60)]
const read = (text: string): unknown => JSON.parse(text)
const CALL = { read, begin: () => () => {} }

function replyIn(answer: CountsAnswer): Reply {
  return typeof answer === 'string' ? (JSON.parse(answer) as Reply) : answer
}

async function seqOf(answer: CountsAnswer | Promise<CountsAnswer>): Promise<CountsResult> {
  const reply = replyIn(await answer)
  if (!reply.ok) throw fromWireError(reply.error)
  return reply.result as CountsResult
}

let nextId = 0
/** A ticket of the tests' first hours, or the change of one that is there. */
function change(store: Store, at: number): Promise<unknown> {
  const id = String(nextId++ % 40)
  const createdMs = startOfMinute(MINUTE + (at % 90))
  const priorityId = String(1 + (at % 3))
  return store.applyPage(page([ticket(id, { createdMs, priorityId, updatedMs: createdMs + nextId })]))
}

const HAPPENINGS: Readonly<Record<string, (counting: Counting, at: number) => unknown>> = {
  committedHere: ({ mine }, at) => change(mine, at),
  committedElsewhere: ({ other }, at) => change(other, at),
  dropped: ({ other }) => other.dropTables(),
  madeAnew: ({ mine }) => mine.createTables(),
  timePassed: (counting, at) => (counting.nowMs += at * 7_000),
  timeWentBack: (counting, at) => (counting.nowMs -= at * 7_000),
  lagChanged: (counting, at) => (counting.lagMs = (at % 5) * 40_000),
  fetchedInVain: async ({ other, scopeName }, at) =>
    other.setKnown(SITE, scopeName(), {
      knownMs: startOfMinute(MINUTE) + at,
      epoch: await other.epoch(SITE),
    }),
  engineExchanged: (counting) => counting.exchange(),
  nothing: () => {},
}

/** Of both engines. */
let counting: Counting
beforeEach(async () => {
  counting = await createCounting()
  await counting.mine.createTables()
})

test('what a replica said while it lagged is not kept, however little has changed since', async () => {
  let behindMs = 9_000
  let asked = 0
  const answers = createCountsAnswers({
    dispatch: async (method, params) => {
      asked += 1
      const reply = await counting.dispatch(method, params)
      const asOf = { atMs: 1, behindMs, server: 'replica', notice: null }
      return reply.ok ? { ...reply, result: { ...(reply.result as CountsResult), asOf } } : reply
    },
    countsState: async () => {
      const { seq, known, provisionalFromMinute } = await seqOf(counting.answers(TEXTS[0] ?? '', CALL))
      return { of: counting, seq, known, provisionalFromMinute }
    },
  })
  const ask = async (): Promise<number | undefined> =>
    (await seqOf(answers(TEXTS[0] ?? '', CALL))).asOf?.behindMs
  expect([await ask(), await ask(), asked]).toEqual([9_000, 9_000, 2])
  behindMs = 0
  expect([await ask(), await ask(), asked]).toEqual([0, 0, 3])
})

test('of a site without a commit are not answered any more once the tables are dropped', async () => {
  expect((await seqOf(counting.answers(TEXTS[0] ?? '', CALL))).counts.flat()).not.toContain(1)
  await counting.other.dropTables()
  expect(replyIn(await counting.answers(TEXTS[0] ?? '', CALL))).toMatchObject({
    ok: false,
    error: { code: 'tables-missing' },
  })
})

test('are, whatever happens, those that the core would give', async () => {
  const names = fc.constantFrom(...Object.keys(HAPPENINGS))
  const story = fc.array(fc.tuple(names, fc.nat({ max: 100 }), fc.constantFrom(...TEXTS)), {
    minLength: 20,
    maxLength: 40,
  })
  await fc.assert(
    fc.asyncProperty(story, async (happenings) => {
      await counting.mine.createTables()
      for (const [name, at, text] of happenings) {
        // Some of them may be refused, as a commit into tables that were dropped.
        await Promise.resolve(HAPPENINGS[name]?.(counting, at)).catch(() => {})
        const [kept, fresh] = [
          await counting.answers(text, CALL),
          await counting.dispatch('counts.get', read(text)),
        ]
        expect(replyIn(kept)).toEqual(fresh)
      }
    }),
    { numRuns: RUNS },
  )
})

test('are never older than the last commit before the call, while two processes write and many ask', async () => {
  let committed = (await seqOf(counting.answers(TEXTS[0] ?? '', CALL))).seq
  const writing = new AbortController()
  const write = async (store: Store): Promise<void> => {
    for (let n = 0; n < 25; n++) {
      await change(store, n)
      committed = Math.max(committed, await store.seq(SITE))
    }
  }
  const ask = async (text: string): Promise<void> => {
    while (!writing.signal.aborted) {
      const before = committed
      expect((await seqOf(counting.answers(text, CALL))).seq).toBeGreaterThanOrEqual(before)
    }
  }
  const asking = Promise.all([...TEXTS, ...TEXTS].map(ask))
  await Promise.all([write(counting.mine), write(counting.other)])
  writing.abort()
  await asking
})

test('of a span that moves with the clock are those of the time of the call', async () => {
  const text = '{"from":"now-1h"}'
  const before = await seqOf(counting.answers(text, CALL))
  counting.nowMs += 5 * 60_000
  counting.lagMs += 5 * 60_000 // so that nothing but the clock has changed
  const after = await seqOf(counting.answers(text, CALL))
  expect(after.fromMinute).toBe(before.fromMinute + 5)
})

test('one that shows another state than was looked at is not kept for the state that comes back', async () => {
  counting.meanwhile = () => (counting.lagMs = 5 * 60_000)
  await counting.answers(TEXTS[0] ?? '', CALL)
  counting.meanwhile = () => {}
  counting.lagMs = 0
  const [kept, fresh] = [
    await counting.answers(TEXTS[0] ?? '', CALL),
    await counting.dispatch('counts.get', read(TEXTS[0] ?? '')),
  ]
  expect(replyIn(kept)).toEqual(fresh)
})

test('cost the core one call a chart while nothing changes, however many ask at once', async () => {
  await change(counting.mine, 1)
  await Promise.all(Array.from({ length: 50 }, async () => counting.answers(TEXTS[0] ?? '', CALL)))
  await Promise.all(Array.from({ length: 50 }, async () => counting.answers(TEXTS[1] ?? '', CALL)))
  expect(counting.asked).toBe(2)
  await change(counting.other, 2)
  await counting.answers(TEXTS[0] ?? '', CALL)
  expect(counting.asked).toBe(3)
})

test('a refusal is not kept, and is the core’s own', async () => {
  const backwards = '{"fromMs":60000,"toMs":0,"bucketMinutes":1}'
  for (const text of [
    backwards,
    backwards,
    '{"fromMs":"0"}',
    '[]',
    '{"fromMs":0,"toMs":60000,"bucketMinutes":3}',
  ]) {
    const [kept, fresh] = [
      await counting.answers(text, CALL),
      await counting.dispatch('counts.get', read(text)),
    ]
    expect(replyIn(kept)).toMatchObject({ ok: false })
    expect(replyIn(kept)).toEqual(fresh)
  }
  expect(counting.asked).toBe(5)
})

test('of a store that is closed the core says why', async () => {
  await counting.answers(TEXTS[0] ?? '', CALL)
  await counting.mine.close()
  expect(replyIn(await counting.answers(TEXTS[0] ?? '', CALL))).toMatchObject({ ok: false })
})

test('are bounded: many different charts, and the first is still right', async () => {
  await change(counting.mine, 1)
  for (let n = 0; n < MOST_ANSWERS + 5; n++) await counting.answers(textOf(0, 60 + n, 1), CALL)
  const asked = counting.asked
  await counting.answers(textOf(0, 60 + MOST_ANSWERS + 4, 1), CALL)
  expect(counting.asked).toBe(asked)
  expect(replyIn(await counting.answers(textOf(0, 60), CALL))).toEqual(
    await counting.dispatch('counts.get', read(textOf(0, 60))),
  )
  expect(counting.asked).toBe(asked + 1)
})
