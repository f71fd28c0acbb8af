import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createCliFixture } from './cli-fixture.ts'
import { openTestWorkspace } from './testing-workspace.ts'

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

test('export to somebody who has seen enough ends without a word', { timeout: 60_000 }, async () => {
  const workspace = await openTestWorkspace()
  const { process: child, ended, stderr } = workspace.start(['export'])
  child.stdout?.destroy()
  await ended
  expect(stderr()).toBe('')
})
