import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createCliFixture } from '../../test-support/commands/cli.ts'

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

test('a disk that fills up under a run: it waits, says why, and goes on by itself when there is room again', async (context) => {
  const disk = smallDisk(12_000) ?? context.skip('mounting a small disk needs root')
  const cli = createCliFixture()
  onTestFinished(() => cli.close())
  const rest = path.join(disk, 'rest')
  let isFull = false
  let isRoomy = false
  const flags = `--jira sandbox --store sqlite:${disk}/tpm.sqlite --count 600 --minutes 6 --compress 60 --json`
  const { code, stdout, stderr } = await cli.run(`create-tickets ${flags}`.split(' '), {
    onStderr(text) {
      if (!isFull && /Creating [1-9]/.test(text)) {
        isFull = true
        // More than the disk holds, however little the store has of it by now.
        expect(() => writeFileSync(rest, Buffer.alloc(13_000_000))).toThrow('ENOSPC')
      }
      if (!isRoomy && /waits for the store/.test(text)) {
        isRoomy = true
        rmSync(rest)
      }
    },
  })
  expect(stderr).toMatch(
    /It waits for the store, and goes on by itself when that is back\. The disk .* is full/,
  )
  expect(stderr).not.toContain('Something went wrong inside')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ planned: 600, created: 600, failed: 0 })
})
