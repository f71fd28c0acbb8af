import { describe, expect, test } from 'vitest'
import type { DifferenceKind } from '../../../src-shared/contract/audit.ts'
import { auditMinute, auditOf } from '../../../test-support/renderer/runs-page/runs.ts'
import { verdictOf } from './audit.ts'

const missing = { key: 'TPM-1', run: 'run-0', slot: 1, minute: 7, reason: '' }

describe('the verdict of an audit', () => {
  test('of a whole run: nothing is lost, in the words of every program', () => {
    expect(verdictOf(auditOf())).toEqual({
      tone: 'good',
      title: 'Nothing lost',
      text: 'All 5 tickets were made, and the 5 tickets that are watched are in Jira, in the store and in the chart.',
    })
  })

  test('differences are counted by kind', () => {
    const audit = auditOf({
      ok: false,
      missing: [
        { ...missing, kind: 'lowered' },
        { ...missing, kind: 'failed' },
        { ...missing, kind: 'lowered' },
      ],
      extra: [{ key: 'TPM-9', minute: 8, kind: 'foreign', reason: '' }],
    })
    expect(verdictOf(audit)).toEqual({
      tone: 'bad',
      title: '4 differences',
      text: '2 lowered, 1 failed and 1 foreign.',
    })
  })

  test('names in the words of a kind keep their capital letter', () => {
    const audit = auditOf({ ok: false, missing: [{ ...missing, kind: 'left-in-store' }] })
    expect(verdictOf(audit).text).toBe('1 gone from Jira but counted.')
  })

  test('what is on its way is no loss, and neither is what our own clean-up deleted', () => {
    expect(toneAndTitle('not-indexed')).toEqual(['waiting', 'Not everything has arrived yet'])
    expect(toneAndTitle('not-yet-made', 'not-indexed')).toEqual(['waiting', 'Not over yet'])
    expect(toneAndTitle('removed')).toEqual(['waiting', 'Cleaned up'])
    expect(toneAndTitle('removed', 'deleted')).toEqual(['bad', '2 differences'])
  })

  test('figures that differ without a ticket that tells why are no success', () => {
    const minutes = [auditMinute(7, 2, { charted: 1 }), auditMinute(8, 2)]
    expect(verdictOf(auditOf({ ok: false, minutes }))).toMatchObject({
      tone: 'bad',
      title: 'The figures differ in 1 minute',
    })
  })
})

/** Of an audit in which tickets are missing for these reasons. */
function toneAndTitle(...kinds: DifferenceKind[]): readonly [string, string] {
  const audit = auditOf({ ok: false, missing: kinds.map((kind) => ({ ...missing, kind })) })
  const { tone, title } = verdictOf(audit)
  return [tone, title]
}
