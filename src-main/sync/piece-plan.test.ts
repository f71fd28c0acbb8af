import { ALL_TIME, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { planPieces } from './fetch.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE

function counterOf(createdMs: readonly number[]) {
  return async ({ fromMs, toMs }: TimeSpan): Promise<number> =>
    createdMs.filter((ms) => ms >= fromMs && ms < toMs).length
}

function expectAllTime(pieces: readonly TimeSpan[]): void {
  expect(pieces[0]?.fromMs).toBe(ALL_TIME.fromMs)
  expect(pieces.at(-1)?.toMs).toBe(ALL_TIME.toMs)
  expect(pieces.slice(1).map(({ fromMs }) => fromMs)).toEqual(pieces.slice(0, -1).map(({ toMs }) => toMs))
  expect(pieces.filter(({ fromMs, toMs }) => fromMs >= toMs || fromMs % MINUTE !== 0)).toEqual([])
}

const creations = fc.array(
  fc.oneof(fc.integer({ min: 0, max: DAY }), fc.integer({ min: 0, max: 5 * MINUTE })),
  {
    minLength: 1,
    maxLength: 300,
  },
)

test('the pieces cover all of time, each small enough or a single minute', async () => {
  const holds = fc.asyncProperty(
    creations,
    fc.integer({ min: 1, max: 40 }),
    async (createdMs, mostInAPiece) => {
      const count = counterOf(createdMs)
      const span = { fromMs: Math.min(...createdMs), toMs: Math.max(...createdMs) }
      const pieces = await planPieces({ ...span, total: createdMs.length, count, maxPieceSize: mostInAPiece })
      expectAllTime(pieces)
      const large = pieces
        .map(({ fromMs, toMs }) => createdMs.filter((ms) => ms >= fromMs && ms < toMs))
        .filter(({ length }) => length > mostInAPiece)
      expect(large.filter((tickets) => new Set(tickets.map(minuteOf)).size > 1)).toEqual([])
    },
  )
  await expect(fc.assert(holds, { numRuns: 60 })).resolves.toBeUndefined()
})

test('they do so whatever Jira counts', async () => {
  const holds = fc.asyncProperty(fc.infiniteStream(fc.nat(100_000)), fc.nat(DAY), async (lies, toMs) => {
    const count = async (): Promise<number> => lies.next().value as number
    expectAllTime(await planPieces({ fromMs: 0, toMs, total: 50_000, count }))
  })
  await expect(fc.assert(holds, { numRuns: 30 })).resolves.toBeUndefined()
})

test('a million tickets of a year need about as many counts as pieces', async () => {
  let counts = 0
  const yearMs = 365 * DAY
  const pieces = await planPieces({
    fromMs: 0,
    toMs: yearMs,
    total: 1_000_000,
    count: async ({ fromMs, toMs }) => {
      counts++
      return Math.round(((toMs - fromMs) / yearMs) * 1_000_000)
    },
  })
  expect(pieces.length).toBeGreaterThanOrEqual(125)
  expect(pieces.length).toBeLessThan(260)
  expect(counts).toBeLessThan(2 * pieces.length)
})
