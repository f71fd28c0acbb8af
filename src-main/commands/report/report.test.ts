import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { createCliFixture } from '../../../test-support/commands/cli.ts'
import { deliverFrom } from '../../../test-support/outputs/delivery.ts'
import { writeTransition } from '../../../test-support/outputs/enqueue.ts'
import { startReceiver, testMessage, testOutput } from '../../../test-support/outputs/receiver.ts'
import { page, ticket } from '../../../test-support/store/pages.ts'
import { machineClock } from '../../runtime/clock.ts'
import { openSqliteStore } from '../../store/sqlite/store.ts'

test('a report can be read by itself, and is Markdown, CSV or a picture', { timeout: 60_000 }, async () => {
  const cli = createCliFixture({ TZ: 'UTC' })
  try {
    await cli.run(['fetch-tickets'])
    await cli.run(['mark', 'deploy | 5.17 <b>', '--at', 'now-10m'])
    const { stdout, code } = await cli.run(['report', '--from', '-1h'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^# Tickets from \d{4}-\d\d-\d\d \d\d:\d\d to /)
    const headings = stdout.split('\n').filter((line) => line.startsWith('## '))
    expect(headings).toEqual([
      '## By project',
      '## By type',
      '## What differs',
      '## Marks',
      '## Alerts',
      '## Audit',
    ])
    expect(stdout).toMatch(/- \*\*Total\*\*: [1-9]\d*; usual /)
    expect(stdout).toMatch(/- \*\*Peak\*\*: \d+ in a minute, at \d{4}-/)
    // What others wrote is no markup.
    expect(stdout).toMatch(/: deploy \\\| 5\.17 \\<b\\>/)

    const csv = await cli.run(['report', '--from', '-1h', '--format', 'csv', '--out', 'storm.csv'])
    expect(csv.stdout).toContain('storm.csv')
    const rows = readFileSync(path.join(cli.cwd, 'storm.csv'), 'utf8').split('\n')
    expect(rows[0]).toMatch(/,state,marks$/)
    expect(rows.filter((row) => row.includes('deploy'))).toHaveLength(1)

    expect((await cli.run(['report', '--format', 'png'])).code).toBe(2)
    await cli.run(['report', '--format', 'png', '--out', 'storm.png'])
    expect(existsSync(path.join(cli.cwd, 'storm.png'))).toBe(true)

    const audited = await cli.run(['report', '--from', '-1h', '--audit'])
    expect(audited.stdout.split('## Audit')[1]).not.toContain('Not made')
  } finally {
    cli.close()
  }
})

test(
  'a report says to where each alert was sent, when, and what came of it',
  { timeout: 60_000 },
  async () => {
    const cli = createCliFixture({ TZ: 'UTC' })
    onTestFinished(() => cli.close())
    const fetched = await cli.run(['fetch-tickets', '--json'])
    expect(fetched.code).toBe(0)
    await ring(path.join(cli.dataDir, 'tpm.sqlite'))
    const { stdout } = await cli.run(['report', '--from', '-1h'])
    const told = stdout.split('## Alerts\n\n')[1]?.split('\n\n')[0] ?? ''
    expect(told.split('\n')).toEqual([
      expect.stringMatching(/^- \d{4}-\d\d-\d\d \d\d:\d\d, started: Storm: alert \(peak 1\)$/),
      expect.stringMatching(
        /^ {2}- sent to On call \(webhook\) at \d{4}-\d\d-\d\d \d\d:\d\d, (at once|after \d+\.\d s): HTTP 204$/,
      ),
      expect.stringMatching(
        /^ {2}- waits (to be sent to|for a program that has the secret of) Team \(slack\)$/,
      ),
    ])
    const csv = await cli.run(['report', '--from', '-1h', '--format', 'csv'])
    const [head = '', ...rows] = csv.stdout.trimEnd().split('\n')
    expect(head).toMatch(/,alerts$/)
    expect(rows.filter((row) => /Storm: alert: sent to On call \(webhook\) at/.test(row))).toHaveLength(1)
    const history = await cli.run(['alerts', 'history', '--json'])
    const { alerts } = JSON.parse(history.stdout) as { alerts: { transitions: { sendings: object[] }[] }[] }
    expect(alerts[0]?.transitions[0]?.sendings).toMatchObject([
      { output: 'On call', kind: 'webhook', state: 'sent', times: 1, answer: 'HTTP 204' },
      { output: 'Team', kind: 'slack', sentAt: null, answer: null },
    ])
    expect((await cli.run(['alerts', 'history'])).stdout).toMatch(/\n {4}sent to On call \(webhook\) at /)
  },
)

/** Tickets of the minutes of a storm, and how many people reported them. */
const STORM = [12, 30, 20]
const PEOPLE = 7

test(
  'a report has the onset, peak, total and people that its tickets have, in a storm with nothing else around it',
  { timeout: 60_000 },
  async () => {
    const cli = createCliFixture({ TZ: 'UTC' })
    onTestFinished(() => cli.close())
    expect((await cli.run(['fetch-tickets', '--json'])).code).toBe(0)
    const fromMs = Math.floor(Date.now() / 60_000 - 2 * 1_440) * 60_000
    const stormMs = fromMs + 17 * 60_000
    await storm(path.join(cli.dataDir, 'tpm.sqlite'), { fromMs, toMs: fromMs + 30 * 60_000, stormMs })
    const [from, to] = [fromMs, fromMs + 30 * 60_000].map((ms) => new Date(ms).toISOString())
    const { stdout } = await cli.run(['report', '--from', from ?? '', '--to', to ?? ''])
    expect(stdout).toMatch(/- \*\*Total\*\*: 62; usual \d/)
    expect(stdout).toContain(`- **Onset**: ${at(stormMs)}\n`)
    expect(stdout).toContain(`- **Peak**: 30 in a minute, at ${at(stormMs + 60_000)}\n`)
    expect(stdout).toMatch(/- \*\*People\*\*: 7 people reported them(; usual are \d+\.\d)?\./)
  },
)

function at(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

/** In a file of one site, has a storm in a span in place of what was there. */
async function storm(
  file: string,
  { fromMs, toMs, stormMs }: { readonly fromMs: number; readonly toMs: number; readonly stormMs: number },
): Promise<void> {
  const database = new Database(file)
  const there = database.prepare(
    'SELECT site_id AS siteId, id FROM tickets WHERE created_ms >= ? AND created_ms < ?',
  )
  const found = there.all(fromMs, toMs) as { siteId: string; id: string }[]
  const [{ siteId }] = database.prepare('SELECT DISTINCT site_id AS siteId FROM tickets').all() as [
    { siteId: string },
  ]
  database.close()
  const tickets = STORM.flatMap((count, minute) =>
    Array.from({ length: count }, (_, nth) => {
      const createdMs = stormMs + minute * 60_000 + nth * 1_000
      return ticket(`storm-${minute}-${nth}`, { createdMs, reporter: `person ${nth % PEOPLE}` })
    }),
  )
  const removals = found.map(({ id }) => ({ id, reason: 'deleted' as const, atMs: Date.now() }))
  const store = await openSqliteStore({ file, clock: machineClock })
  await store.applyPage(page(tickets, { siteId, removals }))
  await store.close()
}

/** Has an alert now, in the one site of a file, which is sent to one output and waits for another. */
async function ring(file: string): Promise<void> {
  const store = await openSqliteStore({ file, clock: machineClock })
  const database = new Database(file)
  const [{ siteId }] = database.prepare('SELECT DISTINCT site_id AS siteId FROM tickets').all() as [
    { siteId: string },
  ]
  database.close()
  const receiver = await startReceiver(204)
  await store.addOutput(siteId, testOutput('one', { name: 'On call', url: receiver.url }))
  await store.addOutput(siteId, testOutput('two', { name: 'Team', kind: 'slack', needsSecret: true }))
  const { stop } = deliverFrom(store, { siteId })
  const atMs = Math.floor(Date.now() / 60_000) * 60_000
  await writeTransition(store, testMessage('a1', { atMs, title: 'Storm: alert' }), siteId)
  await expect.poll(async () => (await store.outputs(siteId))[0]?.lastSentMs).not.toBeNull()
  await stop()
  await store.close()
}
