import { describe, expect, test } from 'vitest'
import { auditVerdict, type AuditedNumbers } from './audit-verdict.ts'

const WHOLE: AuditedNumbers = {
  run: 'abcd2345',
  planned: 100,
  created: 100,
  watched: 40,
  others: 0,
  missing: [],
  extra: [],
  ok: true,
}

function without(kinds: readonly string[], extra: readonly string[] = []): AuditedNumbers {
  return {
    ...WHOLE,
    ok: false,
    missing: kinds.map((kind) => ({ kind })),
    extra: extra.map((kind) => ({ kind })),
  }
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
      without(['not-indexed', 'not-indexed']),
      'later',
      /2 tickets are in Jira, but not in its search index yet\. .* try again in a minute/,
    ],
    [without(['not-fetched']), 'later', /1 ticket is not fetched yet\. Fetch, and audit again/],
    [without(['not-indexed', 'not-fetched']), 'later', /Fetch in a minute/],
    [without(['not-yet-made', 'not-indexed']), 'under-way', /^Not over yet: 100 of 100/],
    [without(['removed', 'removed']), 'removed', /^Cleaned up: 2 tickets were deleted from Jira/],
    [without(['removed', 'deleted']), 'differs', /2 differences \(1 removed, 1 deleted\)/],
    [
      without(['deleted', 'failed', 'deleted'], ['twice']),
      'differs',
      /4 differences \(2 deleted, 1 failed, 1 twice\)/,
    ],
    [without(['not-indexed'], ['foreign']), 'differs', /2 differences/],
    [without([]), 'differs', /the numbers of some minutes differ/],
  ])('%#: %s', (audit, kind, sentence) => {
    expect(auditVerdict(audit)).toEqual({ kind, sentence: expect.stringMatching(sentence) })
  })
})
