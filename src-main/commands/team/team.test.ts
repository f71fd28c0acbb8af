import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, beforeEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { openServedApp, type ServedApp } from '../../../test-support/server/served-app.ts'
import { startTeamCli, type TeamCli } from '../../../test-support/team/team-cli.ts'

let served: ServedApp
beforeAll(async () => {
  served = await openServedApp({ historyTickets: 30 })
  await served.app.start()
  await served.app.client.call('sync.now', {})
})

let team: TeamCli
let run: TeamCli['run']
let login: TeamCli['login']
let front: TeamCli['front']
beforeEach(async () => {
  team = await startTeamCli(served)
  ;({ run, login, front } = team)
})

const json = ({ stdout }: { stdout: string }): unknown => JSON.parse(stdout)

describe('a command over a server', () => {
  const READS = [
    'counts --json --from now-6h --to now --interval 15m',
    'runs --json',
    'tickets --json',
    'left-tickets --json',
    'marks --json',
    'alerts --json',
    'alerts history --json',
    'views --json',
    'report',
  ]

  test.each(['read', 'run', 'admin'] as const)(
    'reads with the scope %s what the server has',
    async (scope) => {
      await login(scope)
      for (const line of READS) expect(await run(`${line} --server team`), line).toMatchObject({ code: 0 })
      const { tickets } = json(await run('tickets --json --from 2000-01-01 --to now --server team')) as {
        tickets: { key: string }[]
      }
      const asked = { fromMs: 0, toMs: Date.now() + 3_600_000, limit: 500 }
      const there = await served.app.client.call('tickets.list', asked)
      expect(tickets.map(({ key }) => key)).toEqual(there.tickets.map(({ key }) => key))
      expect(tickets).not.toEqual([])
      expect(readdirSync(team.cli.dataDir)).not.toContain('tpm.sqlite')
    },
  )

  const CREATE = 'create-tickets --count 3 --minutes 1 --compress 60 --json'

  test('with the scope read may not create, mark or change rules, and is told which scope that takes', async () => {
    await login('read')
    await run('servers use team')
    for (const line of [CREATE, 'mark deployed', 'alerts add --at-least 8 --in 5m']) {
      expect(await run(line), line).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/takes the scope (run|admin)/) as string,
      })
    }
    expect((await served.app.client.call('runs.list', { limit: 5 })).runs).toEqual([])
  })

  test('with the scope run makes a run in the server, follows it to its end, and audits it', async () => {
    await login('run')
    await run('servers use team')
    const made = await run(CREATE)
    expect(made).toMatchObject({ code: 0 })
    expect(json(made)).toMatchObject({ planned: 3, created: 3 })
    expect(json(await run('runs --json'))).toMatchObject({
      runs: [{ planned: 3, created: 3, state: 'done' }],
    })
    expect((await run('fetch-tickets --json')).code).toBe(0)
    expect(json(await run('audit --json'))).toMatchObject({ planned: 3, created: 3, ok: true })
    const { id } = json(await run('mark deployed --json')) as { id: string }
    expect((await run('marks')).stdout).toContain('deployed')
    expect((await run(`marks remove ${id}`)).code).toBe(0)
  })

  test('with the scope admin adds a rule, which everybody has, and removes it', async () => {
    await login('admin')
    await run('servers use team')
    expect((await run('alerts add --at-least 8 --in 5m --name storm')).code).toBe(0)
    const { rules } = await served.app.client.call('alerts.list', {})
    expect(rules.map(({ name }) => name)).toContain('storm')
    expect((await run('alerts remove storm')).code).toBe(0)
  })

  test('goes there by the environment alone, with a token that was given by hand, which is in no file', async () => {
    const token = await served.token('read')
    const env = { JIRA_TPM_SERVER: front.url, JIRA_TPM_SERVER_TOKEN: token }
    expect(await run('tickets --json', { env })).toMatchObject({ code: 0 })
    expect(front.asked.at(-1)).toMatchObject({ authorization: `Bearer ${token}` })
    const other = await run('tickets --json --server http://127.0.0.1:1', { env })
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not signed in to a server') as string,
    })
    expect(readdirSync(team.cli.dataDir).filter((name) => name.endsWith('.json'))).toEqual([])
  })

  test('goes there as the bundled program, too, and follows events', async () => {
    const env = {
      ...process.env,
      JIRA_TPM_DATA_DIR: team.cli.dataDir,
      JIRA_TPM_SERVER: front.url,
      JIRA_TPM_SERVER_TOKEN: await served.token('read'),
    }
    const child = spawn(process.execPath, [inject('programs').cli, 'counts', '--watch', '--json'], { env })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [first] = (await once(child.stdout, 'data')) as [Buffer]
    expect(JSON.parse(first.toString().split('\n')[0] ?? '')).toMatchObject({
      buckets: expect.any(Array) as unknown,
    })
    expect(front.asked.map(({ what }) => what)).toContain('GET /api/events')
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([0, null])
  })

  test('says in a sentence that it is not signed in to a server of that name, and which there are', async () => {
    await login('read')
    expect(await run('counts --server elsewhere')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(front.url) as string,
    })
  })

  test.each([
    'create-table',
    'drop-table --yes',
    'maintain --keep 13M --dry-run',
    'load-sample',
    'import tickets.csv',
    'export tickets.csv',
    'serve --port 0',
    'plot-data --port 0',
    'connect http://127.0.0.1:1 --token-stdin',
    'disconnect',
    'use-store sqlite',
    'token list',
  ])('%s is of this machine alone, and says so', async (line) => {
    await login('admin')
    await run('servers use team')
    writeFileSync(path.join(team.cli.cwd, 'tickets.csv'), 'key\n')
    const said = await run(line)
    expect(said).toMatchObject({ code: 2, stdout: '' })
    expect(said.stderr).toContain('this machine')
    expect(said.stderr).toContain('--server local')
    expect(front.asked.every(({ what }) => !/data\.|settings\.|store\./.test(what))).toBe(true)
  })
})

describe('a connection that is lost meanwhile', () => {
  test('a run that is followed is seen to its end', async () => {
    await login('run')
    let cut = false
    const made = run('create-tickets --count 6 --minutes 1 --compress 12 --json --server team', {
      onStderr(text) {
        if (cut || !text.includes('1/6')) return
        cut = true
        void front.close().then(() => setTimeout(() => void front.open(), 5_000))
      },
    })
    expect(json(await made)).toMatchObject({ planned: 6, created: 6 })
    expect(cut).toBe(true)
  }, 60_000)

  test('counts that are watched are all told anew, with what came while it was lost', async () => {
    await login('read')
    const ending = new AbortController()
    const lines: { seq: number; buckets?: { total: number | null }[] }[] = []
    const watching = run('counts --watch --json --server team', {
      signal: ending.signal,
      onStdout: (text) =>
        void lines.push(
          ...text
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as (typeof lines)[0]),
        ),
    })
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0), { timeout: 10_000 })
    const totalOf = ({ buckets = [] }: (typeof lines)[0]): number =>
      buckets.reduce((sum, { total }) => sum + (total ?? 0), 0)
    const before = Math.max(...lines.map(totalOf))
    await front.close()
    const request = { count: 5, minutes: 1, compress: 60, mix: 'watched' } as const
    await served.app.client.call('runs.start', request)
    await vi.waitFor(
      async () => expect(await served.app.client.call('runs.current', {})).toMatchObject({ state: 'done' }),
      { timeout: 15_000 },
    )
    await served.app.client.call('sync.now', {})
    await front.open()
    await vi.waitFor(() => expect(Math.max(...lines.map(totalOf))).toBeGreaterThan(before), {
      timeout: 20_000,
    })
    ending.abort()
    expect((await watching).stderr).toContain('is connected again')
  }, 60_000)
})
