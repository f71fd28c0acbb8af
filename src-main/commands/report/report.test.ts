import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createCliFixture } from '../../../test-support/commands/cli.ts'

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
