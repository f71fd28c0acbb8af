import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AuditResult } from '../../../src-shared/contract/runs/audit.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { makeTestEnvironment } from '../../../test-support/store/store.ts'
import { auditText } from './audit.ts'
import { createCliFixture, type CliFixture, type CliResult } from '../../../test-support/commands/cli.ts'

const MINUTE = Date.UTC(2026, 10, 24, 14) / 60_000
const NONE = { planned: 0, created: 0, watched: 0, others: 0, indexed: 0, fetched: 0, charted: 0 }

const WHOLE: AuditResult = {
  ...NONE,
  run: 'abcd2345',
  fromMs: MINUTE * 60_000,
  toMs: (MINUTE + 5) * 60_000,
  planned: 4,
  created: 4,
  watched: 2,
  indexed: 2,
  fetched: 2,
  charted: 2,
  minutes: [
    { ...NONE, minute: MINUTE, planned: 3, created: 3, watched: 1, indexed: 1, fetched: 1, charted: 1 },
    { ...NONE, minute: MINUTE + 1 },
    { ...NONE, minute: MINUTE + 2 },
    { ...NONE, minute: MINUTE + 3 },
    { ...NONE, minute: MINUTE + 4, planned: 1, created: 1, watched: 1, indexed: 1, fetched: 1, charted: 1 },
  ],
  lateness: { p50Ms: 1.4, p95Ms: 8, maxMs: 12_300 },
  missing: [],
  moreMissing: 0,
  extra: [],
  moreExtra: 0,
  kinds: [],
  ok: true,
}

const DELETED = {
  key: 'TPM-7',
  run: 'abcd2345',
  slot: 3,
  minute: MINUTE + 4,
  kind: 'deleted',
  reason: 'deleted from Jira',
} as const

describe('an audit for a person', () => {
  test('begins with what it means, then the numbers, aligned, and the lateness', () => {
    expect(auditText(WHOLE)).toBe(
      [
        'Nothing is lost: all 4 tickets were made, and the 2 tickets that are watched are in Jira, in the store and in the chart.',
        '',
        'Run abcd2345, Tue 24 Nov 2026, 14:00 to 14:05 (UTC)',
        '  planned  created  watched  indexed  fetched  charted',
        '        4        4        2        2        2        2',
        '',
        'Lateness: half were sent within 1 ms, 95 of 100 within 8 ms, the latest after 12 s.',
      ].join('\n'),
    )
  })

  test('minute by minute, with those marked that differ and empty ones joined', () => {
    const minutes = WHOLE.minutes.map((one) => (one.minute === MINUTE + 4 ? { ...one, indexed: 0 } : one))
    const text = auditText({ ...WHOLE, minutes, missing: [DELETED], ok: false }, { minutes: true })
    expect(text.split('\n').slice(-6)).toEqual([
      expect.stringMatching(/^Minute by minute; /),
      '    minute          planned  created  watched  indexed  fetched  charted',
      '    14:00                 3        3        1        1        1        1',
      '    14:01 to 14:03        0        0        0        0        0        0',
      ' !  14:04                 1        1        1        0        1        1',
      'A minute with a difference has a ! before it.',
    ])
  })

  test('the numbers below each other where the terminal is narrow', () => {
    expect(auditText(WHOLE, { columns: 80 })).toBe(auditText(WHOLE))
    expect(auditText(WHOLE, { columns: 40 })).toMatch(
      /\n {2}planned +\d+\n {2}created +\d+\n {2}watched +\d+\n {2}indexed +\d+\n {2}fetched +\d+\n {2}charted +\d+\n/,
    )
  })

  test('the differences in a table, at most twenty of them', () => {
    const missing = Array.from({ length: 23 }, (_, n) => ({ ...DELETED, slot: n }))
    const audit = { ...WHOLE, missing, kinds: [{ kind: 'deleted', count: 23 } as const], ok: false }
    const text = auditText(audit, { zone: 'Europe/Berlin' })
    expect(text).toMatch(/^Not all is as it should be: 23 differences \(23 deleted\)\.\n/)
    expect(text).toContain('15:00 to 15:05 (Europe/Berlin)')
    expect(text).toContain(
      '  minute  ticket  slot  what became of it\n  15:04   TPM-7   0     deleted from Jira\n',
    )
    expect(text.match(/deleted from Jira/g)).toHaveLength(20)
    expect(text).toContain('… and 3 more: --json has all of them.')
  })

  test('of a run under way, what is only yet to be made is said once, and not listed', () => {
    const toCome = { ...DELETED, key: null, kind: 'not-yet-made', reason: 'not made yet' } as const
    const missing = Array.from({ length: 95 }, (_, n) => ({ ...toCome, slot: n }))
    const kinds = [{ kind: 'not-yet-made', count: 95 } as const]
    const audit = { ...WHOLE, planned: 100, created: 5, missing, kinds, ok: false }
    expect(auditText(audit)).toMatch(/^Not over yet: 5 of 100 tickets are made\. Nothing else is amiss\.\n/)
    expect(auditText(audit)).not.toContain('not made yet')
    const failed = { ...toCome, slot: 99, kind: 'failed', reason: 'failed: Jira refused it' } as const
    const text = auditText({
      ...audit,
      missing: [...missing, failed],
      kinds: [...kinds, { kind: 'failed', count: 1 }],
    })
    expect(text).toContain('The difference:')
    expect(text).toContain('failed: Jira refused it')
    expect(text).not.toContain('not made yet')
  })

  test('of more than an audit lists, how many there are besides', () => {
    const missing = Array.from({ length: 10_000 }, (_, n) => ({ ...DELETED, slot: n }))
    const kinds = [{ kind: 'deleted', count: 100_000 } as const]
    const text = auditText({ ...WHOLE, missing, moreMissing: 90_000, kinds, ok: false })
    expect(text).toMatch(/^Not all is as it should be: 100000 differences \(100000 deleted\)\.\n/)
    expect(text).toContain('… and 99,980 more: --json lists the first 10,000.')
  })

  test('of a span shows others’ tickets, and which run a slot is of', () => {
    const text = auditText({ ...WHOLE, run: null, others: 3, missing: [DELETED], ok: false })
    expect(text).toContain('All that is watched, Tue 24 Nov 2026, 14:00 to 14:05 (UTC)')
    expect(text).toContain('planned  created  watched  others  indexed')
    expect(text).toContain('TPM-7   abcd2345/3')
  })
})

describe('jira-tpm audit', () => {
  let sandbox: TestSandbox
  let cli: CliFixture
  beforeAll(async () => void (sandbox = await startTestSandbox()))
  afterAll(() => sandbox.stop())
  beforeEach(async () => void (cli = createCliFixture(await makeTestEnvironment())))
  afterEach(() => cli.close())

  const run = (line: string): Promise<CliResult> =>
    cli.run(line.split(' '), {
      env: { JIRA_URL: sandbox.url, JIRA_USER: sandbox.email, JIRA_API_KEY: sandbox.apiToken },
    })

  test(
    'exit 0 while nothing is lost, 4 when something is, and says which ticket',
    { timeout: 40_000 },
    async () => {
      await run('create-tickets --count 3 --minutes 0.1 --weights Highest=1 --yes')
      const early = await run('audit')
      expect(early.code).toBe(4)
      expect(early.stdout).toMatch(
        /^Not everything has arrived yet: 3 tickets are not fetched yet\. Fetch, and audit again\.\n/,
      )
      await run('fetch-tickets')
      const whole = await run('audit --minutes')
      expect(whole.code).toBe(0)
      expect(whole.stdout).toMatch(/^Nothing is lost: all 3 tickets were made/)
      expect(whole.stdout).toContain('Minute by minute')

      const [first] = await sandbox.truth()
      await sandbox.remove(first?.id ?? '')
      const { code, stdout } = await run('audit')
      expect(code).toBe(4)
      expect(stdout).toMatch(/^Not all is as it should be: 1 difference \(1 deleted\)\.\n/)
      expect(stdout).toContain(`${first?.key}`)

      const json = await run('audit --json')
      expect(json.code).toBe(4)
      expect(JSON.parse(json.stdout)).toMatchObject({
        planned: 3,
        indexed: 2,
        fetched: 3,
        ok: false,
        verdict: { kind: 'differs' },
        from: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/),
        missing: [{ key: first?.key, kind: 'deleted', minute: expect.stringMatching(/:00Z$/) }],
      })

      const from = new Date(Date.now() - 3_600_000).toISOString()
      const span = await run(`audit --from ${from} --json`)
      expect(span.code).toBe(4)
      expect(JSON.parse(span.stdout)).toMatchObject({
        run: null,
        planned: 3,
        watched: 3,
        others: 0,
        indexed: 2,
      })
      const before = await run(`audit --from 2020-01-01T00:00Z --to 2020-01-01T01:00Z`)
      expect(before.code).toBe(0)
      expect(before.stdout).toMatch(/^Nothing is lost: no watched ticket was created in this span\./)
    },
  )

  test('of a run and a span at once is refused', async () => {
    const { code, stderr, stdout } = await run('audit --run abcd2345 --from 2026-01-01')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Give --run, or --from and --to.')
  })
})
