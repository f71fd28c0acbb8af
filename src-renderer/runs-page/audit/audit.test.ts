import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { DifferenceKind } from '../../../src-shared/contract/runs/audit.ts'
import type { MethodName } from '../../../src-shared/contract/methods.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import {
  auditOf,
  transportTo,
  eight,
  type TestTransport,
  auditMinute,
} from '../../../test-support/renderer/runs-page/runs.ts'
import {
  createAuditPanelController,
  isChecking,
  type AuditPanelController,
  type AuditState,
  verdictOf,
} from './audit.ts'

const span = { fromMs: eight, toMs: eight + 60_000 }

describe('the controller of audits', () => {
  let calls: MethodName[]
  let fetchFails: AppError | null
  let answer: () => Promise<void>
  let tested: TestTransport
  let controller: AuditPanelController
  const state = (): AuditState => controller.store.get()
  const settled = (): Promise<void> =>
    vi.waitFor(() => expect(state()).toMatchObject({ busy: null, next: null }), { interval: 1 })

  beforeEach(() => {
    calls = []
    fetchFails = null
    answer = async () => {}
    tested = transportTo({
      'sync.now': async () => {
        calls.push('sync.now')
        if (fetchFails !== null) throw fetchFails
        return { pages: 1, fetched: 0, inserted: 0, updated: 0, removed: 0, cursorMs: 0 }
      },
      'audit.run': async ({ runId }) => {
        calls.push('audit.run')
        await answer()
        return auditOf({ run: runId ?? null })
      },
      'audit.span': async () => {
        calls.push('audit.span')
        return auditOf({ run: null })
      },
    })
    controller = createAuditPanelController(tested.transport.client, () => 17)
    return controller.open()
  })

  test('fetches first: what came since is not lost', async () => {
    controller.check({ runId: 'run-0' })
    expect(state().busy).toBe('run-0')
    await settled()
    expect(calls).toEqual(['sync.now', 'audit.run'])
    expect(state().done).toMatchObject([{ of: 'run-0', atMs: 17, audit: { run: 'run-0' } }])
  })

  test('a fetch that fails is shown by the audit', async () => {
    fetchFails = new AppError('jira-unreachable', 'Jira does not answer.')
    controller.check({ runId: 'run-0' })
    await settled()
    expect(calls).toEqual(['sync.now', 'audit.run'])
  })

  test('with a token that Jira does not accept, one failed log-in is enough', async () => {
    fetchFails = new AppError('not-authenticated', 'Jira does not accept the token.')
    controller.check({ runId: 'run-0' })
    await settled()
    expect(calls).toEqual(['sync.now'])
    expect(state().failure).toMatchObject({
      of: 'run-0',
      error: { what: 'Jira does not accept the token.' },
    })
    expect(controller.has({ runId: 'run-0' })).toBe(true)
  })

  test('one at a time: the last that was asked for meanwhile comes next', async () => {
    const first = Promise.withResolvers<void>()
    answer = () => first.promise
    controller.check({ runId: 'run-0' })
    controller.check({ runId: 'run-0' })
    controller.check({ runId: 'run-1' })
    controller.check({ span })
    expect(isChecking(state(), { span })).toBe(true)
    first.resolve()
    await settled()
    expect(calls).toEqual(['sync.now', 'audit.run', 'sync.now', 'audit.span'])
    expect(controller.has({ span })).toBe(true)
    expect(controller.has({ runId: 'run-1' })).toBe(false)
  })

  test('keeps the last result of a target while it is checked again, and when that fails', async () => {
    controller.check({ runId: 'run-0' })
    await settled()
    answer = async () => {
      throw new AppError('busy', 'The store changes all the time.')
    }
    controller.check({ runId: 'run-0' })
    await settled()
    expect(state().done).toHaveLength(1)
    expect(state().failure?.error.code).toBe('busy')
  })

  test('forgets what a clean-up has made untrue', async () => {
    controller.check({ runId: 'run-0' })
    await settled()
    tell(tested, 'run-1', 1)
    tell(tested, 'run-0', 0)
    expect(controller.has({ runId: 'run-0' })).toBe(true)
    tell(tested, 'run-0', 1)
    expect(controller.has({ runId: 'run-0' })).toBe(false)
  })

  test('keeps five of them', async () => {
    for (let i = 0; i < 6; i++) {
      controller.check({ runId: `run-${i}` })
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is meant
      await settled()
    }
    expect(state().done.map(({ of }) => of)).toEqual(['run-5', 'run-4', 'run-3', 'run-2', 'run-1'])
  })
})

/** A clean-up tells how far it is. */
function tell({ hub }: TestTransport, runId: string, deleted: number): void {
  hub.publish('clean-up.changed', { runId, deleted, state: 'running', total: 9, kept: [], failure: null })
}

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
