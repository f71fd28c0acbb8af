import { readdirSync, readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { promisedMs } from '../../../test-support/promised.ts'
import { openServedApp, type ServedApp } from '../../../test-support/server/served-app.ts'
import { sendJson, startFront } from '../../../test-support/team/front.ts'
import { startTeamCli, type TeamCli } from '../../../test-support/team/team-cli.ts'
import { later, startTeamServer } from '../../../test-support/team/team.ts'
import { machineClock } from '../../runtime/clock.ts'

let served: ServedApp
beforeAll(async () => {
  served = await openServedApp({ historyTickets: 5 })
})

let team: TeamCli
let run: TeamCli['run']
let login: TeamCli['login']
let front: TeamCli['front']
let newCode: TeamCli['newCode']
let listed: TeamCli['listed']
beforeEach(async () => {
  team = await startTeamCli(served)
  ;({ run, login, front, newCode, listed } = team)
})

const json = ({ stdout }: { stdout: string }): unknown => JSON.parse(stdout)

describe('login', () => {
  test('by a code: the token is in the keychain, the server in the list, and commands stay here until it is used', async () => {
    expect(await login('read', '--name laptop')).toMatchObject({ code: 0 })
    expect(await listed('laptop')).toMatchObject({ scope: 'read', revokedMs: null })
    const [account = '', token = ''] = [...team.keychain.entries][0] ?? []
    expect(account).toContain(front.url)
    const files = readdirSync(team.cli.dataDir, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    )
    const written = files.map((each) => readFileSync(path.join(each.parentPath, each.name), 'utf8'))
    expect(written.join('\n')).not.toContain(token)
    expect(json(await run('servers --json'))).toMatchObject({
      chosen: null,
      servers: [{ url: front.url, name: 'Team', scope: 'read', machine: 'laptop', used: false }],
    })
    expect(json(await run('servers use team --json'))).toEqual({ chosen: front.url })
    expect((await run('servers')).stdout).toContain(`Commands go to ${front.url}.`)
    expect(json(await run('servers use local --json'))).toEqual({ chosen: null })
  })

  test.each([
    ['a pasted link', (url: string, oneTime: string) => `login ${url}/#code=${oneTime}`, () => ({})],
    [
      'stdin',
      (url: string) => `login ${url} --code-stdin`,
      (oneTime: string) => ({ typed: `${oneTime}\n`, endsStdin: true }),
    ],
    [
      'a terminal, where it is typed unseen',
      (url: string) => `login ${url}`,
      (oneTime: string) => ({ isTTY: true, answers: [[/One-time code for Team/, `${oneTime}\r`]] as const }),
    ],
  ])('by %s', async (_what, line, options) => {
    const oneTime = await newCode('run')
    const said = await run(line(front.url, oneTime), options(oneTime))
    expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining('with the scope run') as string })
    expect(said.stderr).not.toContain(oneTime)
  })

  test('where nobody can be asked it says how to give the code, and asks nothing of the server but who it is', async () => {
    expect(await run(`login ${front.url}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--code-stdin') as string,
    })
    expect(front.asked.map(({ what }) => what)).toEqual(['GET /api/hello'])
  })

  test('by a code that was used it is refused, with exit code 3', async () => {
    const line = `login ${front.url} --code ${await newCode('read')}`
    await run(line)
    expect(await run(line)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Ask who runs the server for a new one') as string,
    })
  })

  test('over plain http to another machine it is refused before anything is sent', async () => {
    expect(await run('login http://tpm.example.com --code read-4')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('https://') as string,
    })
  })

  test('without a keychain it asks for no code, and says what to set and how a token is made; the code is not spent', async () => {
    team.keychain.trouble = 'missing'
    const oneTime = await newCode('read')
    const asked = await run(`login ${front.url}`, { isTTY: true })
    const given = await run(`login ${front.url} --code ${oneTime}`)
    for (const said of [asked, given]) {
      expect(said).toMatchObject({ code: 3, stdout: '' })
      expect(said.stderr).toMatch(/JIRA_TPM_SERVER_TOKEN.*jira-tpm\s+token\s+create/s)
    }
    expect(asked.stderr).not.toContain('One-time code')
    team.keychain.trouble = null
    expect((await run(`login ${front.url} --code ${oneTime}`)).code).toBe(0)
  })
})

test('logout ends the sign-in there and here', async () => {
  await login('read', '--name leaver')
  expect(json(await run('logout --json'))).toEqual({ server: front.url, endedAtServer: true })
  expect((await listed('leaver'))?.revokedMs).not.toBeNull()
  expect(team.keychain.entries.size).toBe(0)
  expect(await run('logout')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no server') as string,
  })
})

test('logout of a server that is away forgets it here, and says what is left there', async () => {
  await login('read')
  await front.close()
  const said = await run(`logout ${front.url}`)
  expect(said).toMatchObject({ code: 0, stderr: expect.stringContaining('until it expires') as string })
  expect(json(await run('servers --json'))).toEqual({ chosen: null, servers: [] })
})

test('logout with a locked keychain forgets nothing, says so, and fails with 3', async () => {
  await login('read', '--name locked-out')
  team.keychain.trouble = 'locked'
  expect(await run('logout')).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/Nothing was forgotten here[^]*Unlock it, and sign out\s+again/) as string,
  })
  team.keychain.trouble = null
  expect((await run('tickets --server team')).code).toBe(0)
  expect(json(await run('logout --json'))).toEqual({ server: front.url, endedAtServer: true })
})

test('two servers are kept, each with its token; commands go to the one that is used, or named', async () => {
  const other = await startTeamServer({ name: 'Other' })
  await login('read')
  expect(await run(`login ${other.url} --code ${await other.code('admin')} --name desk`)).toMatchObject({
    code: 0,
  })
  expect(team.keychain.entries.size).toBe(2)
  for (const [name, scope] of [
    ['team', 'read'],
    ['other', 'admin'],
  ] as const) {
    expect((await run(`servers use ${name}`)).code).toBe(0)
    const { servers } = json(await run('servers --json')) as { servers: { scope: string; used: boolean }[] }
    expect(servers.filter(({ used }) => used)).toMatchObject([{ scope }])
  }
  front.asked.length = 0
  expect((await run('tickets --json --server team')).code).toBe(0)
  expect(front.asked.at(-1)?.what).toBe('POST /api/tickets.list')
  expect(json(await run('logout --json'))).toMatchObject({ server: other.url, endedAtServer: true })
  expect((await other.tokens.list()).find(({ name }) => name === 'desk')?.revokedMs).not.toBeNull()
  expect((await run('tickets --json --server team')).code).toBe(0)
})

test('who runs the server lists the sign-in by its machine, and ends it: a command that follows says so within a second, the next one at once', async () => {
  await login('read', '--name desk-7')
  const shown = async (): Promise<string> => {
    const env = { ...served.env, JIRA_TPM_DATA_DIR: served.dataDir }
    return (await team.cli.run(['token', 'list'], { env })).stdout
  }
  expect(await shown()).toMatch(/ read +good .*desk-7/)
  const errors: string[] = []
  const watching = run('counts --watch --json --server team', { onStderr: (text) => void errors.push(text) })
  await vi.waitFor(() => expect(front.asked.map(({ what }) => what)).toContain('GET /api/events'))
  const fromMs = performance.now()
  await served.tokens.revoke((await listed('desk-7'))?.id ?? '')
  const said = await watching
  expect(performance.now() - fromMs).toBeLessThan(promisedMs(1_000))
  const revoked = {
    code: 3,
    stderr: expect.stringMatching(/does not\s+know this machine any more/) as string,
  }
  expect(said).toMatchObject(revoked)
  expect(await run('tickets --server team')).toMatchObject(revoked)
  expect(await shown()).toMatch(/ read +revoked .*desk-7/)
})

test.each([
  ['as JSON', '--json', {}],
  ['as a chart', '', { isTTY: true, stdoutIsTTY: true }],
])(
  'counts that are watched %s, and refused before all is asked, end with that sentence alone',
  async (_what, flag, options) => {
    const held: ServerResponse[] = []
    const refusing = await startFront(
      { port: Number(new URL(served.url).port) },
      {
        answers: [
          ({ url }, response) => url === '/api/usual.get' && held.push(response) > 0,
          ({ url }, response) => url === '/api/counts.get' && sendJson(response, 401, { ok: false }),
        ],
      },
    )
    const env = { JIRA_TPM_SERVER: refusing.url, JIRA_TPM_SERVER_TOKEN: await served.token('read') }
    const watching = run(`counts --watch ${flag}`.trim(), { env, ...options })
    const asked = (what: string): void => expect(refusing.asked.map((each) => each.what)).toContain(what)
    await vi.waitFor(() => asked('POST /api/counts.get'))
    await vi.waitFor(() => asked('POST /api/usual.get'))
    await setTimeout(100) // what fails unheard is told by then, and fails this file
    for (const response of held) response.destroy()
    expect(await watching).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/does not\s+know this machine any more/) as string,
    })
  },
)

test('a server whose clock is an hour ahead is signed in to, which is said', async () => {
  const ahead = await startTeamServer({ clock: later(machineClock, 3_600_000) })
  const said = await run(`login ${ahead.url} --code ${await ahead.code('read')}`)
  expect(said).toMatchObject({ code: 0, stderr: expect.stringMatching(/60 min behind/) as string })
})
