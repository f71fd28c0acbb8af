import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createCliFixture } from './cli-fixture.ts'

/** A real file system of its own with room for `kB`; null where this account may not mount one. */
function smallDisk(kB: number): string | null {
  const folder = mkdtempSync(path.join(tmpdir(), 'tpm-small-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kB}k`, 'tmpfs', folder]).status === 0
  onTestFinished(() => {
    if (mounted) spawnSync('umount', [folder])
    rmSync(folder, { recursive: true })
  })
  return mounted ? folder : null
}

test('a disk that fills up in the middle of a run: one sentence says so, exit 1, and no bug is reported', async (context) => {
  const dataDir = smallDisk(700) ?? context.skip('mounting a small disk needs root')
  const cli = createCliFixture()
  onTestFinished(() => cli.close())
  const line = `create-tickets --jira sandbox --data-dir ${dataDir} --count 400 --minutes 1 --compress 60`
  const { code, stderr } = await cli.run(line.split(' '))
  expect(code).toBe(1)
  expect(stderr).toMatch(/disk .*full/)
  expect(stderr).not.toContain('Something went wrong inside')
})
