import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../errors/app-error.ts'
import { parseProfile, writtenProfile, type Profile } from './profile.ts'

describe('the written form of a profile', () => {
  test.each<[string, Profile]>([
    ['steady', { kind: 'flat', spacing: 'steady' }],
    ['even', { kind: 'flat', spacing: 'even' }],
    ['ramp', { kind: 'ramp', from: 0, to: 2, spacing: 'steady' }],
    ['ramp 5-1', { kind: 'ramp', from: 5, to: 1, spacing: 'steady' }],
    ['ramp 0.5-1.25 even', { kind: 'ramp', from: 0.5, to: 1.25, spacing: 'even' }],
    ['spike', { kind: 'spike', atMs: null, height: 5, longMs: null, spacing: 'steady' }],
    ['spike 30m', { kind: 'spike', atMs: 1_800_000, height: 5, longMs: null, spacing: 'steady' }],
    ['spike x3', { kind: 'spike', atMs: null, height: 3, longMs: null, spacing: 'steady' }],
    ['spike 90s x0.5 1h', { kind: 'spike', atMs: 90_000, height: 0.5, longMs: 3_600_000, spacing: 'steady' }],
    ['spike x5 10m even', { kind: 'spike', atMs: null, height: 5, longMs: 600_000, spacing: 'even' }],
    ['sine', { kind: 'sine', waves: 1, spacing: 'steady' }],
    ['sine 3', { kind: 'sine', waves: 3, spacing: 'steady' }],
    [
      '30m@50,10m@50-200 even',
      {
        kind: 'parts',
        parts: [
          { ms: 1_800_000, from: 50, to: 50, spacing: 'steady' },
          { ms: 600_000, from: 50, to: 200, spacing: 'even' },
        ],
      },
    ],
  ])('%s', (text, profile) => {
    expect(parseProfile(text)).toEqual(profile)
    expect(writtenProfile(profile)).toBe(text)
  })

  test.each([
    ['  Ramp   1-5 ', 'ramp 1-5'],
    ['SPIKE 30M ×2', 'spike 30m x2'],
    ['spike 30m 10m', 'spike 30m x5 10m'],
    ['spike 0m', 'spike 0m'],
    [' 30m @ 50 , 10m@200  EVEN ', '30m@50,10m@200 even'],
    ['0.5h@100,60m@.5,1.5h@7', '30m@100,1h@0.5,90m@7'],
    ['1.001s@3600,10m@5-5', '1.001s@3600,10m@5'],
    ['10m@100 steady', '10m@100'],
  ])('%j is read as %j', (text, written) => {
    expect(writtenProfile(parseProfile(text))).toBe(written)
  })

  test('is read as it was written, whatever it says', () => {
    fc.assert(
      fc.property(anyProfile(), (profile) => {
        expect(parseProfile(writtenProfile(profile))).toEqual(profile)
      }),
    )
  })

  test.each([
    ['', 'The profile is empty'],
    ['   ', 'The profile is empty'],
    ['1m@1,'.repeat(100) + '1', 'The profile is 501 characters long'],
    ['stedy', '"stedy" at character 1 is no profile'],
    ['30m', '"30m" at character 1 is no profile'],
    ['replay x.csv', '"replay" at character 1'],
    ['steady 5', '"5" at character 8 is not expected there'],
    ['steady even', '"even" at character 8 is not expected there'],
    ['even 5', '"5" at character 6 is not expected there'],
    ['ramp 1', '"1" at character 6 is no pair of rates'],
    ['ramp 1-2-3', '"1-2-3" at character 6 is no pair of rates'],
    ['ramp 1-x', '"1-x" at character 6 is no pair of rates'],
    ['ramp 0-0', '"0-0" at character 6 brings no ticket'],
    ['ramp 1-2 3', '"3" at character 10 is not expected there'],
    ['spike 30', '"30" at character 7 is no duration'],
    ['spike x', '"x" at character 7 is no height'],
    ['spike x-1', '"x-1" at character 7 is no height'],
    ['spike 30m x5 0m', '"0m" at character 14 is no length'],
    ['spike 1m 2m 3m', '"3m" at character 13 is not expected there'],
    ['spike 1m 2m x3', '"2m" at character 10 is not expected there'],
    ['sine 0', '"0" at character 6 is no number of waves'],
    ['sine 1.5', '"1.5" at character 6'],
    ['sine 101', '"101" at character 6'],
    ['sine 2 3', '"3" at character 8 is not expected there'],
    ['10m@', 'nothing at character 5 where a rate is expected'],
    ['10m@5-', 'nothing at character 7 where a rate is expected'],
    ['@5', 'nothing at character 1 where a duration is expected'],
    ['10@5', '"10" at character 1 is no duration'],
    ['1e3m@5', '"1e3m" at character 1 is no duration'],
    ['10m@5,', 'nothing at character 7 where a part is expected'],
    ['10m@5,,5m@1', 'nothing at character 7 where a part is expected'],
    ['10m@5, 5x@1', '"5x" at character 8 is no duration'],
    ['30m@5o,10m@200', '"5o" at character 5 is no rate'],
    ['10m@5 odd', '"5 odd" at character 5 is no rate'],
    ['10m@5-6-7', '"5-6-7" at character 5 is no rate'],
    ['10m@1e9', '"1e9" at character 5 is no rate'],
    ['10m@5@6', '"10m@5@6" at character 1 is no part'],
    ['0s@5', '"0s" at character 1 is no length'],
    ['10m@0', 'No part of the profile brings a ticket'],
  ])('%j is refused with its place', (text, words) => {
    const refusal = caught(() => parseProfile(text))
    expect(refusal).toBeInstanceOf(AppError)
    expect(refusal).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(words),
      hint: expect.stringMatching(/\w/),
    })
  })

  test('nothing else than its own error comes of any text', () => {
    const likely = fc.string({ unit: fc.constantFrom(...'spike ramp sine 0123456789.x-@,mhs'.split('')) })
    fc.assert(
      fc.property(fc.oneof(fc.string(), likely), (text) => {
        const result = caught(() => parseProfile(text))
        expect(isUsage(result) || isReadAgain(result as Profile)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

function anyProfile(): fc.Arbitrary<Profile> {
  const spacing = fc.constantFrom('steady' as const, 'even' as const)
  const rate = fc.integer({ min: 0, max: 1e9 }).map((millionths) => millionths / 1e6)
  const rising = fc.integer({ min: 1, max: 1e9 }).map((millionths) => millionths / 1e6)
  const ms = fc.integer({ min: 1, max: 86_400_000 })
  const maybe = fc.option(ms)
  const part = fc.record({ ms, from: rate, to: rising, spacing })
  return fc.oneof(
    spacing.map((how): Profile => ({ kind: 'flat', spacing: how })),
    fc.record({ kind: fc.constant('ramp' as const), from: rate, to: rising, spacing }),
    fc.record({ kind: fc.constant('spike' as const), atMs: maybe, height: rate, longMs: maybe, spacing }),
    fc.record({ kind: fc.constant('sine' as const), waves: fc.integer({ min: 1, max: 100 }), spacing }),
    fc.record({
      kind: fc.constant('parts' as const),
      parts: fc.array(part, { minLength: 1, maxLength: 12 }),
    }),
  )
}

function isUsage(result: unknown): boolean {
  return result instanceof AppError && result.code === 'usage'
}

function isReadAgain(profile: Profile): boolean {
  return JSON.stringify(parseProfile(writtenProfile(profile))) === JSON.stringify(profile)
}

function caught(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return error
  }
}
