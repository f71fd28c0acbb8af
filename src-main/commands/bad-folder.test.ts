import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { testFolder } from '../../test-support/end.ts'

/** In a process of its own: one that spins answers nothing. */
function run(argv: readonly string[]): { status: number | null; stderr: string; cwd: string } {
  const cwd = testFolder()
  mkdirSync(path.join(cwd, 'data'))
  writeFileSync(path.join(cwd, 'data', 'tpm.sqlite'), '')
  const { status, stderr, stdout } = spawnSync(process.execPath, [inject('programs').cli, ...argv], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: cwd, JIRA_TPM_DATA_DIR: path.join(cwd, 'unused') },
    timeout: 30_000,
    killSignal: 'SIGKILL',
  })
  expect(stdout).toBe('')
  return { status, stderr, cwd }
}

describe('a data folder that cannot be one', () => {
  test.runIf(process.platform === 'linux')('/proc/x is refused, and nothing spins', () => {
    const { status, stderr } = run(['counts', '--data-dir', '/proc/x'])
    expect(stderr).toContain('The data folder /proc/x cannot be written: nothing can be made there.')
    expect(stderr).toContain('--data-dir DIR')
    expect(status).toBe(1)
  })

  test('an empty name is refused, and is not the folder that one stands in', () => {
    const { status, stderr, cwd } = run(['counts', '--data-dir', ''])
    expect(stderr).toContain('--data-dir is empty. Nothing was started.')
    expect(status).toBe(2)
    expect(readdirSync(cwd)).toEqual(['data'])
  })
})

test.each(['counts', 'fetch-tickets', 'serve'])(
  '%s does not begin anew in an empty tpm.sqlite',
  (command) => {
    const { status, stderr, cwd } = run([
      command,
      '--data-dir',
      'data',
      ...(command === 'serve' ? ['--port=0'] : []),
    ])
    expect(stderr).toContain('tpm.sqlite is empty: what was in it, if anything, is gone.')
    expect(stderr).toContain('else delete it')
    expect(status).toBe(1)
    expect(statSync(path.join(cwd, 'data', 'tpm.sqlite')).size).toBe(0)
  },
)
