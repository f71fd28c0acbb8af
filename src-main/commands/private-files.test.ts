import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { createCliFixture, type CliFixture } from '../../test-support/commands/cli.ts'

let cli: CliFixture
beforeEach(() => (cli = createCliFixture()))
afterEach(() => cli.close())

/** In a process of its own, for a person whose shell lets others read what they make. */
function run(...args: readonly string[]): void {
  const line = ['sh', '-c', 'umask 022; exec "$0" "$@"', process.execPath, inject('programs').cli, ...args]
  const env = { ...process.env, JIRA_TPM_DATA_DIR: cli.dataDir }
  const { status, stderr } = spawnSync(line[0] ?? '', line.slice(1), { cwd: cli.cwd, env, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, expect.any(String)])
}

function modeOf(file: string): string {
  return (statSync(file).mode & 0o777).toString(8)
}

test.skipIf(process.platform === 'win32')(
  'all of the data folder is its owner’s alone; a file that a person named is as their shell makes files',
  () => {
    mkdirSync(cli.dataDir, { mode: 0o700 })
    run('fetch-tickets')
    run('token', 'create')
    run('token', 'link', '--help')
    run('export', 'tickets.csv')
    run('plot-data', '--png', 'chart.png')
    const all = readdirSync(cli.dataDir, { recursive: true, encoding: 'utf8' })
    expect(all).toEqual(
      expect.arrayContaining(['lock', 'sandbox.sqlite', 'tokens.json', 'logs/jira-tpm.log']),
    )
    const open = all.filter((name) => (statSync(path.join(cli.dataDir, name)).mode & 0o077) !== 0)
    expect(open).toEqual([])
    expect(['tickets.csv', 'chart.png'].map((name) => modeOf(path.join(cli.cwd, name)))).toEqual([
      '644',
      '644',
    ])
  },
)
