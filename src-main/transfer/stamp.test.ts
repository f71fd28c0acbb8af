import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseStamp } from './stamp.ts'

const INSTANT = Date.UTC(2021, 2, 4, 10, 11, 12)

function epochMs(text: string, zone = 'UTC'): number | undefined {
  return parseStamp(text, zone)?.epochMs
}

describe('an instant with an offset', () => {
  test.each([
    ['2021-03-04T10:11:12.000+0000'],
    ['2021-03-04T12:11:12.000+0200'],
    ['2021-03-04T10:11:12Z'],
    ['2021-03-04t10:11:12z'],
    ['2021-03-04T05:41:12.000000-04:30'],
    ['2021-03-04 10:11:12+00:00'],
    ['2021-03-04 10:11:12+00'],
    ['2021-03-04 15:41:12+05:30'],
    ['2021-03-04 10:11:12 UTC'],
    ['2021-03-04 10:11:12,000 +0000'],
    ['Thu, 04 Mar 2021 10:11:12 +0000'],
    ['Thu, 4 Mar 2021 11:11:12 +0100'],
    ['04 Mar 2021 10:11:12 GMT'],
    ['Thu, 04 Mar 2021 10:11:12 -0000'],
    ['Thu, 04 Mar 2021 05:11:12 EST'],
    ['Thu, 04 Mar 2021 12:11:12 +0200 (EET)'],
  ])('%s', (text) => {
    expect(parseStamp(text, 'Asia/Tokyo')).toEqual({ epochMs: INSTANT, hasOffset: true })
  })

  test('fractions are cut to milliseconds, seconds may be missing', () => {
    expect(epochMs('2021-03-04 10:11:12.123456')).toBe(INSTANT + 123)
    expect(epochMs('2021-03-04T10:11:12.1Z')).toBe(INSTANT + 100)
    expect(epochMs('2021-03-04T10:11+0000')).toBe(INSTANT - 12_000)
  })
})

describe('an instant without an offset', () => {
  test.each([
    ['2021-03-04 10:11:12', 'UTC', INSTANT],
    ['2021-03-04T10:11:12', 'UTC', INSTANT],
    ['2021-03-04 11:11:12', 'Europe/Berlin', INSTANT],
    // Jira's own CSV export.
    ['04/Mar/21 10:11 AM', 'UTC', INSTANT - 12_000],
    ['4/Mar/21 11:11 AM', 'Europe/Berlin', INSTANT - 12_000],
    ['24/Nov/26 2:03 PM', 'UTC', Date.UTC(2026, 10, 24, 14, 3)],
    ['24/Nov/26 12:03 PM', 'UTC', Date.UTC(2026, 10, 24, 12, 3)],
    ['24/Nov/26 12:03 AM', 'UTC', Date.UTC(2026, 10, 24, 0, 3)],
    ['24/Nov/2026 14:03:22', 'UTC', Date.UTC(2026, 10, 24, 14, 3, 22)],
    ['2021-07-04 12:11:12', 'Europe/Berlin', Date.UTC(2021, 6, 4, 10, 11, 12)],
    ['Thu, 04 Mar 2021 05:11:12', 'America/New_York', INSTANT],
    // An hour that the clocks left out is taken as if they had not; of one that came twice, the first.
    ['2021-03-28 02:30:00', 'Europe/Berlin', Date.UTC(2021, 2, 28, 1, 30)],
    ['2021-10-31 02:30:00', 'Europe/Berlin', Date.UTC(2021, 9, 31, 0, 30)],
  ])('%s in %s', (text, zone, expected) => {
    expect(parseStamp(text, zone)).toEqual({ epochMs: expected, hasOffset: false })
  })
})

test.each([
  [''],
  ['yesterday'],
  ['2021-03-04'],
  ['04/Mrz/21 10:11 AM'],
  ['04/Mar/21 13:11 PM'],
  ['31/Feb/21 10:11 AM'],
  ['03/04/2021 10:11'],
  ['2021-02-30 10:11:12'],
  ['2021-13-01 10:11:12'],
  ['2021-03-04 25:00:00'],
  ['2021-03-04 10:61:00'],
  ['2021-03-04 10:11:12 BC'],
  ['2021-03-04 10:11:12+99'],
  ['infinity'],
  ['1614852672'],
  ['1969-12-31 23:59:59'],
  ['Thu, 04 Mrz 2021 10:11:12 +0000'],
  ['Thu, 04 Mar 2021 10:11:12 A'],
  ['Thu, 31 Feb 2021 10:11:12 +0000'],
  ['Thu, 04 Mar 21 10:11:12 +0000'],
  ['2021-03-04 10:11:12+0000\n'],
  ['x2021-03-04 10:11:12+0000'],
])('no instant: %j', (text) => {
  expect(parseStamp(text, 'UTC')).toBeNull()
})

test('what Date writes is read as it was', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date(Date.UTC(9_999, 11, 31)), noInvalidDate: true }),
      (date) => {
        expect(epochMs(date.toISOString())).toBe(date.getTime())
        expect(epochMs(date.toUTCString())).toBe(Math.floor(date.getTime() / 1_000) * 1_000)
      },
    ),
  )
})

test('any text is an instant or none', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const stamp = parseStamp(text, 'UTC')
      expect(stamp === null || Number.isSafeInteger(stamp.epochMs)).toBe(true)
    }),
  )
})
