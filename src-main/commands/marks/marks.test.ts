import { expect, test } from 'vitest'
import { createCliFixture } from '../../../test-support/commands/cli.ts'

test('a mark is set, listed and removed, without any Jira', { timeout: 30_000 }, async () => {
  const cli = createCliFixture({ TZ: 'UTC' })
  try {
    const none = await cli.run(['marks'])
    expect(none.stdout).toMatch(/^No mark from /)
    const set = await cli.run(['mark', 'deploy 5.17', '--at', 'now-10m', '--json'])
    const mark = JSON.parse(set.stdout) as { id: string; from: string }
    expect(mark).toMatchObject({ kind: 'mark', text: 'deploy 5.17', to: null, automatic: false })
    const incident = await cli.run(['mark', 'database full', '--at', 'now-20m', '--to', 'now', '--incident'])
    expect(incident.stdout).toMatch(/^Set the incident “database full”, .+ – .+; its id is /)
    const listed = await cli.run(['marks', '--from', '-1h'])
    expect(listed.stdout.split('\n').map((line) => line.replace(/\s{2,}/g, '|'))).toEqual([
      expect.stringMatching(/^time\|kind\|mark\|id$/),
      expect.stringContaining('|incident|database full|'),
      expect.stringContaining(`|mark|deploy 5.17|${mark.id}`),
      '',
    ])
    expect((await cli.run(['marks', 'remove', mark.id])).stdout).toBe('Removed the mark “deploy 5.17”.\n')
    const { marks } = JSON.parse((await cli.run(['marks', 'list', '--json'])).stdout) as { marks: unknown[] }
    expect(marks).toHaveLength(1)
    const gone = await cli.run(['marks', 'remove', mark.id])
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining(`There is no mark ${mark.id}.`)])
    const late = await cli.run(['mark', 'x', '--at', 'now+2h'])
    expect([late.code, late.stderr]).toEqual([2, expect.stringContaining('begins in the future')])
  } finally {
    cli.close()
  }
})
