import { mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_SANDBOX } from '#jira-sandbox'
import { ENGINE, makeTestEnvironment } from '../../test-support/store/store.ts'
import { openSandbox, type SandboxConnection } from '../workspace/sandbox-connection.ts'
import { createCliFixture, type CliFixture, type CliResult } from '../../test-support/commands/cli.ts'
import { testFolder } from '../../test-support/end.ts'

/** One workspace, gone through as the first user does it: the tests build on each other. */
let cli: CliFixture
let sandbox: SandboxConnection
let umask: number
beforeAll(async () => {
  // As every start of the program has it: doctor looks at what is open to others.
  umask = process.umask(0o077)
  cli = createCliFixture(await makeTestEnvironment())
  mkdirSync(cli.dataDir, { mode: 0o700 })
  // One for all: each command finds it by its URL, as beside an open window.
  const config = { dataDir: cli.dataDir, sandbox: DEFAULT_SANDBOX }
  sandbox = await openSandbox({ config, log: pino({ level: 'silent' }) })
})
afterAll(async () => {
  await sandbox.stop()
  cli.close()
  process.umask(umask)
})

const ISO_MINUTE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/

async function json(line: string, code = 0): Promise<Record<string, unknown>> {
  const result = await cli.run(['--json', ...line.split(' ')])
  expect(result).toMatchObject({ code })
  expect(result.stdout.trimEnd().split('\n')).toHaveLength(1)
  return JSON.parse(result.stdout) as Record<string, unknown>
}

function drop(typed = 'y'): Promise<CliResult> {
  return cli.run(['drop-table'], { isTTY: true, typed })
}

interface Bucket {
  readonly start: string
  readonly total: number | null
  readonly atLeast?: number
  readonly byPriority: readonly { readonly name: string; readonly count: number | null }[]
}

interface Created {
  readonly run: string
  readonly planned: number
  readonly created: number
  readonly minutes: readonly { minute: string; planned: number; created: number }[]
}

let run: Created

describe('a compressed hour', () => {
  test('create-tickets: exactly what was asked for, minute by minute', async () => {
    const document = await json('-c --jira sandbox --count 60 --minutes 30 --compress 600 --seed 7')
    expect(Object.keys(document)).toEqual(['run', 'seed', 'planned', 'created', 'failed', 'minutes'])
    expect(document).toMatchObject({ seed: 7, planned: 60, created: 60, failed: 0 })
    run = document as unknown as Created
    expect(run.minutes.every(({ minute }) => ISO_MINUTE.test(minute))).toBe(true)
    for (const figure of ['planned', 'created'] as const) {
      expect(run.minutes.reduce((sum, minute) => sum + minute[figure], 0)).toBe(60)
    }
  })

  test('fetch-tickets: all of it comes, and the second time nothing is new', async () => {
    const document = await json('fetch-tickets')
    expect(Object.keys(document)).toEqual(['pages', 'fetched', 'inserted', 'updated', 'removed', 'cursor'])
    expect(document['inserted']).toBeGreaterThan(0)
    expect(await json('-f')).toMatchObject({ inserted: 0, updated: 0 })
  })

  test('audit: planned = created, and what is watched of it = indexed = fetched = charted', async () => {
    const document = await json('audit')
    expect(Object.keys(document)).toEqual([
      'run',
      'planned',
      'created',
      'watched',
      'indexed',
      'fetched',
      'charted',
      'missing',
      'moreMissing',
      'extra',
      'moreExtra',
      'kinds',
      'ok',
      'verdict',
      'from',
      'to',
      'others',
      'lateness',
      'minutes',
    ])
    const { watched } = document
    expect(document).toMatchObject({ run: run.run, planned: 60, created: 60, ok: true })
    expect(document).toMatchObject({ indexed: watched, fetched: watched, charted: watched })
    expect(await json(`audit --run ${run.run}`)).toEqual(document)
  })

  test('counts: by default the whole run is in them, bar by bar, however long', async () => {
    const document = await json('counts')
    const span = ['site', 'bucketMinutes', 'from', 'to', 'zone']
    expect(Object.keys(document)).toEqual([...span, 'verdict', 'learning', 'buckets'])
    const buckets = document['buckets'] as Bucket[]
    const counted = ['start', 'total', 'byPriority', 'provisional', 'known']
    expect(Object.keys(buckets[0] ?? {})).toEqual([...counted, 'usual'])
    expect(buckets[0]?.byPriority).toMatchObject([{ name: 'Highest' }, { name: 'High' }])
    expect(buckets[0]).toHaveProperty('provisional', false)
    const sumOf = (all: readonly Bucket[]) =>
      all.reduce((sum, one) => sum + (one.total ?? one.atLeast ?? 0), 0)

    const { from, to } = document
    const longer = (await json(`counts --interval 5m --from ${String(from)} --to ${String(to)}`))['buckets']
    expect(sumOf(longer as Bucket[])).toBe(sumOf(buckets))
    const starts = buckets.map(({ start }) => start)
    // The last minute of its span may not have begun: the site's clock slows down when the last ticket is made.
    const used = run.minutes.filter(({ created }) => created > 0).map(({ minute }) => minute)
    expect(starts).toEqual(expect.arrayContaining(used))
  })

  test('counts for a person: the chart', async () => {
    const { code, stdout } = await cli.run(['counts'])
    expect(code).toBe(0)
    expect(stdout).toContain('Highest')
  })

  test('counts for a person: the average is over the span that was asked for, also within minutes', async () => {
    const fromMs = Date.parse(run.minutes[0]?.minute ?? '') + 30_500
    const toMs = fromMs + 20 * 60_000
    const span = ['--from', new Date(fromMs).toISOString(), '--to', new Date(toMs).toISOString()]
    const { stdout } = await cli.run(['counts', ...span])
    const [, total = '', perMinute] = /(\d+) tickets? · (\d+\.\d\d) a minute/.exec(stdout) ?? []
    expect(Number(total)).toBeGreaterThan(0)
    expect(perMinute).toBe((Number(total) / 20).toFixed(2))
  })

  test('plot-data --png: a picture of it', async () => {
    expect(await json('plot-data --png hour.png')).toEqual({ file: path.join(cli.cwd, 'hour.png') })
    expect(readFileSync(path.join(cli.cwd, 'hour.png')).subarray(1, 4).toString()).toBe('PNG')
  })

  test('plot-data --png into a folder that is not there: exit 2, and says where', async () => {
    const { code, stderr } = await cli.run(['plot-data', '--png', 'nowhere/hour.png'])
    expect(stderr).toContain('nowhere/hour.png')
    expect(code).toBe(2)
  })

  test('a run that is not there: exit 1', async () => {
    const { code, stdout } = await cli.run(['audit', '--run', 'nope', '--json'])
    expect([code, stdout]).toEqual([1, ''])
  })

  test('create-tickets --weights: only what is named comes', async () => {
    const line = '-c --jira sandbox --count 20 --minutes 1 --compress 600 --weights Highest=1'
    expect(await json(line)).toMatchObject({ planned: 20, created: 20 })
    await json('fetch-tickets')
    expect(await json('audit')).toMatchObject({ watched: 20, ok: true })
    expect(await cli.run('-c --weights Urgent=1'.split(' '))).toMatchObject({ code: 2 })
  })

  test('doctor: all is well', async () => {
    const { ok, deployment, steps } = await json('doctor')
    expect([ok, deployment]).toEqual([true, 'cloud'])
    // A server is looked at in eight steps, a file in one.
    expect(steps).toHaveLength(ENGINE === 'sqlite' ? 17 : 24)
    // Not every machine has a keychain, and the sandbox needs none.
    const amiss = (steps as { step: string; state: string }[]).filter(({ state }) => state !== 'ok')
    expect(amiss.filter(({ step }) => step !== 'secrets')).toEqual([])
  })
})

describe('the tables', () => {
  test('drop-table asks, and a no leaves all as it is', async () => {
    const { code, stdout, stderr } = await drop('n')
    expect(stderr).toMatch(/They can be[\s│]+fetched again/)
    expect([code, stdout]).toEqual([0, ''])
    expect(await json('create-table')).toEqual({ created: false })
  })

  test.each([
    ['Escape', '\u001B'],
    ['Ctrl-C', '\u0003'],
  ])('%s leaves all as it is: exit 130', async (_key, typed) => {
    const { code, stdout, stderr } = await drop(typed)
    expect([code, stdout]).toEqual([130, ''])
    expect(stderr).toContain('Nothing was dropped.')
    // The answer that stood there was no.
    expect(stderr.slice(stderr.lastIndexOf('fetched again'))).not.toContain('Yes')
  })

  test('a yes drops them: there is nothing to count, and the error says what to do', async () => {
    expect((await drop('y')).stdout).toContain('dropped')
    const { code, stderr } = await cli.run(['counts'])
    expect(code).toBe(1)
    expect(stderr).toContain('jira-tpm create-table')
  })

  test('after a new fetch the audit is right again: nothing was lost', async () => {
    expect(await json('-t')).toEqual({ created: true })
    await json('fetch-tickets')
    expect(await json('audit')).toMatchObject({ ok: true })
  })

  test('a ticket that is not fetched: the audit says so, exit 4, with the document', async () => {
    expect(await json('-d --yes')).toEqual({ dropped: true })
    await json('create-table')
    const document = await json('audit', 4)
    expect(document).toMatchObject({ ok: false, fetched: 0 })
    expect(document['missing']).not.toEqual([])
  })

  test('load-sample: the sample hour', async () => {
    const document = await json('load-sample')
    expect(Object.keys(document)).toEqual(['loaded', 'from', 'to'])
    expect(document['loaded']).toBeGreaterThan(0)
  })
})

describe("several of the first program's flags in one call", () => {
  test('-p -f -c: tickets are created, fetched and drawn, in this order; --json: a line each', async () => {
    await json('fetch-tickets')
    const line = '-p -f --json -c --count 10 --minutes 1 --compress 60 --weights High=1 --png all.png'
    const { code, stdout } = await cli.run(line.split(' '))
    const documents = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as unknown)
    expect(documents).toMatchObject([
      { planned: 10, created: 10 },
      { inserted: 10 },
      { file: path.join(cli.cwd, 'all.png') },
    ])
    expect(code).toBe(0)
  })

  test('the first that fails ends the call, and what was left is reported', async () => {
    const { code, stdout, stderr } = await cli.run(
      '-f -p --png nowhere/all.png -c --weights Urgent=1'.split(' '),
    )
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Urgent')
    expect(stderr).toMatch(/Not done after that: fetch-tickets, plot-data\.\n$/)
  })

  test('-t -f: exit code of the one that fails, not of the others', async () => {
    await drop()
    expect(await cli.run(['-t', '-f', '-p', '--png', 'nowhere/all.png'])).toMatchObject({ code: 2 })
    expect(await cli.run(['-t', '-f'])).toMatchObject({ code: 0 })
  })
})

test('demo: an hour, its chart, its audit and its picture, in a folder of its own that is gone afterwards', async () => {
  const temporary = testFolder()
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = temporary
  try {
    const { code, stdout, stderr } = await cli.run(
      ['demo', '--count', '30', '--minutes', '20', '--compress', '600', '--png', 'demo.png'],
      // It leaves nothing in the team's store.
      { env: { JIRA_TPM_DATA_DIR: undefined, DATABASE_URL: 'postgres://team.invalid/tickets' } },
    )
    expect(stderr).toContain('30/30')
    expect(stdout).toContain('Nothing is lost')
    // Nor does the chart say that something may still come, or was not fetched.
    expect(stdout).not.toMatch(/not settled|not fetched|[░?]/)
    const [, total = '', perMinute] = /(\d+) tickets? · (\d+\.\d\d) a minute/.exec(stdout) ?? []
    expect(perMinute).toBe((Number(total) / 20).toFixed(2))
    expect(code).toBe(0)
    expect(readFileSync(path.join(cli.cwd, 'demo.png')).length).toBeGreaterThan(1_000)
    rmdirSync(temporary)
  } finally {
    process.env['TMPDIR'] = before
    if (before === undefined) delete process.env['TMPDIR']
  }
})
