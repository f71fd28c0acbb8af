import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCliFixture, type CliFixture, type CliResult } from '../../../test-support/commands/cli.ts'
import { makeTestEnvironment } from '../../../test-support/store/store.ts'

let cli: CliFixture
beforeEach(async () => {
  cli = createCliFixture(await makeTestEnvironment())
  writeFileSync(path.join(cli.cwd, 'old.csv'), OLD)
  await run('import old.csv')
})
afterEach(() => cli.close())

const OLD = `id,key,projectKey,title,priorityName,created
old-1,TPM-1,TPM,An old one,High,2021-03-04T10:11:12Z
old-2,TPM-2,TPM,Another,Highest,2021-03-04T10:12:12Z
old-3,TPM-3,TPM,A low one,Low,2021-03-05T10:12:12Z
`

function run(line: string, options?: Parameters<CliFixture['run']>[1]): Promise<CliResult> {
  return cli.run(line.split(' '), options)
}

async function json(line: string, code = 0): Promise<Record<string, unknown>> {
  const result = await run(`${line} --json`)
  expect(result, result.stderr).toMatchObject({ code })
  return JSON.parse(result.stdout) as Record<string, unknown>
}

/** The first day of the month so many months before this one. */
function firstDay(months: number): string {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months)).toISOString().slice(0, 10)
}

async function stored(): Promise<number> {
  const { stdout } = await run('export --format jsonl')
  return stdout.split('\n').filter((line) => line.includes('"old-')).length
}

test('says first what would go, of each site, and deletes nothing', async () => {
  const keptFrom = firstDay(13)
  expect(await json('maintain --keep 13M --dry-run')).toMatchObject({
    keptFrom,
    sites: [
      {
        tickets: 3,
        minutes: 3,
        from: '2021-03-04T10:11:00Z',
        to: '2021-03-05T10:13:00Z',
        keptFrom: null,
        isUnfinished: false,
      },
    ],
  })
  const { stdout } = await run('maintain --keep 13M --dry-run')
  expect(stdout).toContain(`Created before ${keptFrom}`)
  expect(stdout).toContain('3 tickets in 3 minutes, from 2021-03-04T10:11:00Z to 2021-03-05T10:13:00Z')
  expect(stdout).toContain('runs and their slots stay')
  expect(await stored()).toBe(3)
})

test('asks twice, the second time for the day, and takes nothing but both', { timeout: 60_000 }, async () => {
  const day = firstDay(24)
  const [sure, which] = [/Delete 3 tickets from the store/, /Type the first day that stays/]
  for (const answers of [
    [[sure, 'n']],
    [
      [sure, 'y'],
      [which, '\r'],
    ],
    [
      [sure, 'y'],
      [which, '2021-03-01\r'],
    ],
    [
      [sure, 'y'],
      [which, '\u001B'],
    ],
  ] as const) {
    const { stdout, stderr } = await run('maintain --keep 2y', { isTTY: true, answers })
    expect([stdout, await stored()]).toEqual(['', 3])
    expect(stderr).toContain('Nothing was deleted.')
  }
  const { code, stdout } = await run('maintain --keep 2y', {
    isTTY: true,
    answers: [
      [sure, 'y'],
      [which, `${day}\r`],
    ],
  })
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `3 tickets deleted. What was created before ${day} is not fetched again.\n`,
  })
  expect(await stored()).toBe(0)
})

test(
  'a script names the day; then the time is unknown and says why, and is not imported again',
  { timeout: 60_000 },
  async () => {
    expect(await run('maintain --keep 13M')).toMatchObject({ code: 2 })
    expect(await run('maintain --keep 13M --confirm 2021-04-01')).toMatchObject({ code: 2 })
    expect(await run('maintain --keep 0M --dry-run')).toMatchObject({ code: 2 })
    expect(await run('maintain --dry-run')).toMatchObject({ code: 2 })
    expect(await stored()).toBe(3)
    const day = firstDay(13)
    expect(await json(`maintain --keep 13M --confirm ${day}`)).toMatchObject({ keptFrom: day, deleted: 3 })
    expect(await stored()).toBe(0)
    expect(await json('maintain --keep 13M --dry-run')).toMatchObject({
      sites: [{ tickets: 0, keptFrom: `${day}T00:00:00Z`, isUnfinished: false }],
    })

    const span = '--from 2021-03-04T10:00Z --to 2021-03-04T11:00Z'
    const { stdout } = await run(`counts ${span}`)
    expect(stdout).toContain('Deleted by retention')
    const { buckets } = await json(`counts ${span}`)
    expect(
      new Set((buckets as { known: boolean; total: null }[]).map(({ known, total }) => `${known} ${total}`)),
    ).toEqual(new Set(['false null']))
    const again = await run('import old.csv')
    expect(again).toMatchObject({ code: 2 })
    expect(again.stderr).toContain(`Tickets created before ${day} are not kept in this store`)
    expect(await stored()).toBe(0)
  },
)
