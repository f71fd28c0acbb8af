import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createCliFixture } from '../../test-support/commands/cli.ts'
import { openTestWorkspace, type TestWorkspace } from '../../test-support/commands/workspace.ts'

const CLI = path.join(import.meta.dirname, '..', 'cli.ts')

/** A file that is always full, which only Linux has. */
const FULL = '/dev/full'

test.skipIf(!existsSync(FULL)).each([['runs'], ['runs --json'], ['create-tickets --dry-run'], ['-h']])(
  '%s into a file on a full disk: one sentence, exit 1',
  { timeout: 60_000 },
  (line) => {
    const cli = createCliFixture()
    onTestFinished(() => cli.close())
    const full = openSync(FULL, 'w')
    onTestFinished(() => closeSync(full))
    const argv = ['--disable-warning=ExperimentalWarning', CLI, ...line.split(' ')]
    const env = { ...process.env, JIRA_TPM_DATA_DIR: cli.dataDir }
    const { status, stderr } = spawnSync(process.execPath, argv, {
      cwd: cli.cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    })
    expect(stderr).toMatch(/^The result cannot be written \(ENOSPC: .*\)\.\n$/)
    expect(status).toBe(1)
  },
)

describe('whose result nobody reads any more', () => {
  let workspace: TestWorkspace
  beforeAll(async () => {
    workspace = await openTestWorkspace()
  })

  /** Runs a command as a shell does before `| head`, which reads so much and leaves. */
  async function unread(argv: string, reads: 'nothing' | 'something'): Promise<[number | null, string]> {
    const { process: child, ended, stderr } = workspace.start(argv.split(' '))
    if (reads === 'nothing') child.stdout?.destroy()
    else child.stdout?.once('data', () => child.stdout?.destroy())
    return [await ended, stderr()]
  }

  test.each(['counts', 'counts --json', 'runs', 'runs --json', '-h'])('%s is done: exit 0', async (argv) => {
    expect(await unread(argv, 'nothing')).toEqual([0, ''])
  })

  test('a run creates all of its tickets', async () => {
    const [code, said] = await unread('create-tickets --count 12 --minutes 1 --compress 60', 'nothing')
    expect(said).toContain('12/12')
    expect(said).not.toMatch(/interrupt|resume/)
    expect(code).toBe(0)
    const stored = await workspace.cli.run(['runs', '--json'])
    expect(JSON.parse(stored.stdout)).toMatchObject({ runs: [{ state: 'done', created: 12 }] })
  })

  test('export, which is done only to be read, ends without a word', async () => {
    expect(await unread('export', 'nothing')).toEqual([0, ''])
  })

  test.each(['counts --watch --json', 'fetch-tickets --watch --json'])(
    '%s goes on only to be read, and ends without a word',
    async (argv) => {
      const watched = unread(argv, 'something')
      // What changes is told, to nobody.
      await workspace.cli.run('create-tickets --count 3 --minutes 0.1 --weights High=1'.split(' '))
      expect(await watched).toEqual([0, ''])
    },
  )
})
