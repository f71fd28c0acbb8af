import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import type { Preflight } from '../../../src-shared/contract/settings.ts'
import { errorText, type AppError } from '../../../src-shared/errors/app-error.ts'
import { startRawServer } from '../../../test-support/jira/jira.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createCliFixture, createTestIo, type CliFixture } from '../../../test-support/commands/cli.ts'
import { connectDraft, type GivenConnection } from './connect-questions.ts'
import { createConnectFixture, type ConnectFixture } from '../../../test-support/commands/connect.ts'
import { connectJira, type WatchFlags } from './connect.ts'
import { exitCodeOf } from '../cli/io.ts'

let sandbox: TestSandbox
let cli: CliFixture
let fixture: ConnectFixture
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.stop())
beforeEach(async () => {
  await sandbox.setMood('healthy')
  cli = createCliFixture()
  mkdirSync(cli.dataDir)
  fixture = createConnectFixture(cli.dataDir)
})
afterEach(() => cli.close())

type IoOptions = Parameters<typeof createTestIo>[1]

interface Connected {
  readonly preflight: Preflight
  readonly stderr: string
}

/** As the command does it, with a keychain of the test's. */
async function connect(io: IoOptions, given: Partial<GivenConnection> & WatchFlags = {}): Promise<Connected> {
  const { io: terminal, written } = createTestIo(cli.cwd, io)
  const draft = await connectDraft(terminal, fixture.client, { url: sandbox.url, caFile: null, ...given })
  const preflight = await connectJira(terminal, fixture.client, draft, given)
  return { preflight, stderr: written.stderr }
}

function onStdin(): IoOptions {
  return { typed: `${sandbox.apiToken}\n`, endsStdin: true }
}

function kept(): string {
  const file = path.join(cli.dataDir, 'config.json')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

describe('without a terminal', () => {
  test('the token from stdin goes into the keychain, all else into config.json', async () => {
    const given = { user: sandbox.email, tokenStdin: true, tokenExpires: '2099-01-31' }
    const { preflight, stderr } = await connect(onStdin(), given)
    expect(preflight.state).toBe('green')
    expect([...fixture.keychain.values()]).toEqual([sandbox.apiToken])
    expect(fixture.config()).toMatchObject({
      jira: {
        kind: 'site',
        url: sandbox.url,
        user: sandbox.email,
        token: null,
        tokenExpiresOn: '2099-01-31',
      },
    })
    expect(kept() + stderr).not.toContain(sandbox.apiToken)
    expect(stderr).toMatch(/^ok {9}address/)
  })

  test('a second time the kept token is used, and its day stays', async () => {
    await connect(onStdin(), { user: sandbox.email, tokenStdin: true, tokenExpires: '2099-01-31' })
    await connect({}, { user: sandbox.email, project: 'TPM' })
    expect(fixture.config()).toMatchObject({ projectKey: 'TPM', jira: { tokenExpiresOn: '2099-01-31' } })
  })

  test('no token anywhere: usage, and nothing is sent', async () => {
    await expect(connect({}, { user: sandbox.email })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('--token-stdin') as string,
    })
  })

  test('an empty stdin is no token', async () => {
    const io = { typed: '\n', endsStdin: true }
    await expect(connect(io, { user: sandbox.email, tokenStdin: true })).rejects.toMatchObject({
      code: 'usage',
    })
  })

  test('a step that fails: its error, and nothing is kept', async () => {
    await sandbox.setMood('expired-token')
    const connecting = connect(onStdin(), { user: sandbox.email, tokenStdin: true })
    await expect(connecting).rejects.toMatchObject({
      code: 'not-authenticated',
      message: expect.stringMatching(/^Not connected: .*Nothing was kept\.$/) as string,
    })
    expect(fixture.keychain.size).toBe(0)
    expect(kept()).not.toContain(sandbox.url)
  })

  test('a token that was refused just now: nothing is sent, and until when is said', async () => {
    await sandbox.setMood('expired-token')
    const given = { user: sandbox.email, tokenStdin: true }
    await expect(connect(onStdin(), given)).rejects.toThrow('did not accept')
    await sandbox.setMood('healthy')
    await expect(connect(onStdin(), given)).rejects.toMatchObject({
      code: 'not-authenticated',
      hint: expect.stringMatching(
        /^Jira refused the log-in at [\d:]{8} UTC; nothing is sent again before [\d:]{8} UTC\. Give another token, or wait\./,
      ) as string,
    })
    const another = connect({ typed: 'another\n', endsStdin: true }, given)
    await expect(another).rejects.toMatchObject({
      hint: expect.not.stringContaining('is sent again') as string,
    })
  })

  test('a Jira that does not answer: exit 1, nothing is kept, and the token is in no text', async () => {
    const server = await startRawServer(() => {})
    await server.close()
    const { io, written } = createTestIo(cli.cwd, onStdin())
    const given = { url: server.url, caFile: null, user: 'ada@example.com', tokenStdin: true }
    const draft = await connectDraft(io, fixture.client, given)
    const error = await connectJira(io, fixture.client, draft, {}).catch((thrown: unknown) => thrown)
    expect(exitCodeOf(error)).toBe(1)
    const said = `${written.stderr}\n${errorText(error as AppError)}`
    expect(said).toMatch(/FAILED {5}address .*Not connected: .*Nothing was kept\./s)
    expect([written.stdout, fixture.keychain.size]).toEqual(['', 0])
    const files = readdirSync(cli.dataDir, { recursive: true, withFileTypes: true })
    const content = files
      .filter((entry) => entry.isFile())
      .map((file) => readFileSync(path.join(file.parentPath, file.name), 'latin1'))
    expect(content.join('\n')).not.toContain(server.url)
    expect(content.join('\n') + said).not.toContain(sandbox.apiToken)
  })

  test('neither High nor Highest: refused with the values, unless --watch names some', async () => {
    await sandbox.setMood('other-priorities')
    const given = { user: sandbox.email, tokenStdin: true }
    await expect(connect(onStdin(), given)).rejects.toMatchObject({
      code: 'not-configured',
      hint: expect.stringMatching(/--watch.*Blocker, Critical/) as string,
    })
    const { preflight, stderr } = await connect(onStdin(), { ...given, watch: 'critical, 1' })
    expect(preflight.choices.watched.map(({ name }) => name)).toEqual(['Blocker', 'Critical'])
    expect(fixture.config().jira).toMatchObject({ watch: { ids: ['1', '2'] } })
    // What was said to be watched is not looked for by other names first.
    expect(stderr).toMatch(/^ok {9}watched {6}Blocker, Critical\.$/m)
    expect(stderr).not.toContain('FAILED')
  })

  test('a project that is not there: usage, with those that are', async () => {
    const connecting = connect(onStdin(), { user: sandbox.email, tokenStdin: true, project: 'NIX' })
    await expect(connecting).rejects.toMatchObject({
      code: 'usage',
      message: 'Not connected: The account sees no project with the key NIX. Nothing was kept.',
      hint: expect.stringContaining('TPM') as string,
    })
  })

  test.each([
    [{ watch: 'Urgent' }, /no value Urgent/, /It has Highest, High/],
    [{ watchField: 'Impact' }, /no field Impact/, /Priority/],
  ])('%j is not there: usage, with what there is', async (flags, message, hint) => {
    const connecting = connect(onStdin(), { user: sandbox.email, tokenStdin: true, ...flags })
    const error = await connecting.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'usage' })
    expect((error as Error).message).toMatch(message)
    expect((error as { hint: string }).hint).toMatch(hint)
  })

  test('a severity field by its name', async () => {
    await sandbox.setMood('severity')
    const flags = { watchField: 'severity', watch: 'Critical' }
    await connect(onStdin(), { user: sandbox.email, tokenStdin: true, ...flags })
    expect(fixture.config().jira).toMatchObject({ watch: { field: { name: 'Severity' } } })
  })
})

describe('at a terminal: what is missing is asked for', () => {
  test('who, the token unseen, and its last day', async () => {
    const { stderr } = await connect({
      isTTY: true,
      answers: [
        [/E-mail address/, `${sandbox.email}\r`],
        [/API token/, `${sandbox.apiToken}\r`],
        [/Last day/, '2099-01-31\r'],
      ],
    })
    expect(fixture.config().jira).toMatchObject({ user: sandbox.email, tokenExpiresOn: '2099-01-31' })
    expect(stderr).not.toContain(sandbox.apiToken)
    // The second look shows nothing that the first has shown.
    expect(stderr.match(/ok {9}address/g)).toHaveLength(1)
  })

  test('what is watched, where no value is called High or Highest', async () => {
    await sandbox.setMood('localised-priorities')
    const { stderr } = await connect(
      {
        isTTY: true,
        answers: [
          [/API token/, `${sandbox.apiToken}\r`],
          // The first is ticked, then the second.
          [/Which values of Priority/, ' \u001B[B \r'],
        ],
      },
      { user: sandbox.email, tokenExpires: '2099-01-31' },
    )
    expect(fixture.config().jira).toMatchObject({ watch: { ids: ['1', '2'] } })
    expect(stderr).toContain('Höchste, Hoch.')
  })

  test('which project, where there are several', async () => {
    await sandbox.setSettings({
      projects: [
        { key: 'AAA', name: 'Apples' },
        { key: 'TPM', name: 'Tickets' },
      ],
    })
    await connect(
      {
        isTTY: true,
        answers: [
          [/API token/, `${sandbox.apiToken}\r`],
          [/Which project/, '\u001B[B\r'],
        ],
      },
      { user: sandbox.email, tokenExpires: '2099-01-31' },
    )
    expect(fixture.config().projectKey).toBe('AAA')
  })

  test('Ctrl-C at a question: cancelled, nothing is kept', async () => {
    const connecting = connect({ isTTY: true, answers: [[/API token/, '\u0003']] }, { user: sandbox.email })
    await expect(connecting).rejects.toMatchObject({ code: 'cancelled' })
    expect(kept()).toBe('')
  })
})

describe('without a keychain', () => {
  const watch = { watchField: 'Severity', watch: 'Critical,Major' }

  test('nobody is asked anything: it is said once, with all that a server needs in its place', async () => {
    fixture.spoilKeychain('missing')
    const { io, written } = createTestIo(cli.cwd, { isTTY: true })
    const given = { url: 'https://acme.atlassian.net', caFile: '/ca.pem', project: 'OPS', ...watch }
    const error = await connectDraft(io, fixture.client, given).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'secrets-unavailable',
      message: 'Not connected. The keychain is missing. Set JIRA_API_KEY.',
    })
    expect((error as { hint: string }).hint.split('\n').map((line) => line.trim())).toEqual([
      'For this Jira:',
      'JIRA_URL=https://acme.atlassian.net',
      'JIRA_USER=you@example.com',
      'JIRA_API_KEY=the token (or JIRA_API_KEY_FILE=a file that holds it)',
      'JIRA_PROJECT=OPS',
      'JIRA_CA_FILE=/ca.pem',
      'JIRA_WATCH_FIELD=Severity',
      'JIRA_WATCH=Critical,Major',
      'Then jira-tpm doctor tries all of it.',
    ])
    expect(written.stderr).toBe('')
  })

  test('a token on stdin is refused, too, and nothing is sent', async () => {
    fixture.spoilKeychain('missing')
    const connecting = connect(onStdin(), { user: sandbox.email, tokenStdin: true })
    await expect(connecting).rejects.toMatchObject({
      code: 'secrets-unavailable',
      hint: expect.stringContaining(`JIRA_USER=${sandbox.email}`) as string,
    })
    expect(kept()).not.toContain(sandbox.url)
  })

  test('one that is locked may yet be opened: it is reported, and the person asked', async () => {
    fixture.spoilKeychain('locked')
    const { io, written } = createTestIo(cli.cwd, {
      isTTY: true,
      answers: [
        [/E-mail address/, `${sandbox.email}\r`],
        [/API token/, `${sandbox.apiToken}\r`],
        [/Last day/, '\r'],
      ],
    })
    const draft = await connectDraft(io, fixture.client, { url: sandbox.url, caFile: null })
    expect(draft.token).toBe(sandbox.apiToken)
    expect(written.stderr.match(/The keychain is locked/g)).toHaveLength(1)
  })

  test.runIf(process.platform === 'linux')('the command itself: exit 3, one sentence, no question', () => {
    const argv = [
      inject('programs').cli,
      'connect',
      sandbox.url,
      '--user',
      sandbox.email,
      '--data-dir',
      cli.dataDir,
    ]
    const { status, stderr, stdout } = spawnSync(process.execPath, argv, {
      cwd: cli.cwd,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: cli.cwd, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' },
    })
    expect([status, stdout]).toEqual([3, ''])
    expect(stderr.match(/is not there: this session has no D-Bus/g)).toHaveLength(1)
    expect(stderr).toContain(`  JIRA_URL=${sandbox.url}\n  JIRA_USER=${sandbox.email}\n  JIRA_API_KEY=`)
    expect(stderr).toContain('  JIRA_WATCH=High,Highest\n')
  })
})
