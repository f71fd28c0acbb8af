import { describe, expect, test } from 'vitest'
import { auditVerdict, type AuditedNumbers } from './audit-verdict.ts'

const WHOLE: AuditedNumbers = {
  run: 'abcd2345',
  planned: 100,
  created: 100,
  watched: 40,
  others: 0,
  kinds: [],
  extra: [],
  moreExtra: 0,
  ok: true,
}

/** Of an audit that differs: `kinds` of all of it, of which so many are too much. */
function without(kinds: Readonly<Record<string, number>>, extra = 0): AuditedNumbers {
  const counted = Object.entries(kinds).map(([kind, count]) => ({ kind, count }))
  return { ...WHOLE, ok: false, kinds: counted, extra: { length: extra } }
}

describe('an audit in a sentence', () => {
  test.each([
    [
      WHOLE,
      'ok',
      /^Nothing is lost: all 100 tickets were made, and the 40 tickets that are watched are in Jira/,
    ],
    [{ ...WHOLE, watched: 0 }, 'ok', /none of them is watched/],
    [
      { ...WHOLE, run: null, others: 2 },
      'ok',
      /^Nothing is lost: the 42 tickets that are watched are in Jira/,
    ],
    [{ ...WHOLE, run: null, watched: 0 }, 'ok', /no watched ticket was created in this span/],
    [
      without({ 'not-indexed': 2 }),
      'later',
      /2 tickets are in Jira, but not in its search index yet\. .* try again in a minute/,
    ],
    [without({ 'not-fetched': 1 }), 'later', /1 ticket is not fetched yet\. Fetch, and audit again/],
    [without({ 'not-indexed': 1, 'not-fetched': 1 }), 'later', /Fetch in a minute/],
    [without({ 'not-yet-made': 1, 'not-indexed': 1 }), 'under-way', /^Not over yet: 100 of 100/],
    [without({ removed: 2 }), 'removed', /^Cleaned up: 2 tickets were deleted from Jira/],
    [without({ removed: 1, deleted: 1 }), 'differs', /2 differences \(1 removed, 1 deleted\)/],
    [
      without({ deleted: 2, failed: 1, twice: 1 }, 1),
      'differs',
      /4 differences \(2 deleted, 1 failed, 1 twice\)/,
    ],
    [without({ 'not-indexed': 1, foreign: 1 }, 1), 'differs', /2 differences/],
    [{ ...without({ removed: 9 }), moreExtra: 1 }, 'differs', /9 differences/],
    [without({}), 'differs', /the numbers of some minutes differ/],
  ])('%#: %s', (audit, kind, sentence) => {
    const { title, text, ...told } = auditVerdict(audit)
    expect(told).toEqual({ kind, sentence: expect.stringMatching(sentence) })
    expect(told.sentence).toBe(`${title}: ${text}`)
  })
})
