import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { logFolder } from '../../runtime/log.ts'
import { announce } from '../../workspace/instance.ts'
import { createCliFixture, type CliFixture, type CliResult } from '../../../test-support/commands/cli.ts'

let cli: CliFixture
beforeEach(() => (cli = createCliFixture()))
afterEach(() => cli.close())

const JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/

async function json(argv: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await cli.run([...argv.split(' '), '--json'])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as Record<string, unknown>
}

async function list(): Promise<Record<string, unknown>[]> {
  return (await json('token list'))['tokens'] as Record<string, unknown>[]
}

describe('token create', () => {
  test('prints the token alone to stdout, this once, and logs it nowhere', async () => {
    const { code, stdout, stderr } = await cli.run([
      'token',
      'create',
      '--scope',
      'run',
      '--name',
      'night job',
    ])
    expect([code, stdout]).toEqual([0, expect.stringMatching(JWT)])
    expect(stderr).toMatch(/scope run is good until .*shown this once/)
    const [entry] = await list()
    expect(entry).toMatchObject({
      kind: 'token',
      scope: 'run',
      name: 'night job',
      state: 'good',
      revoked: null,
    })
    expect(stderr).toContain(`token revoke ${String(entry?.['id'])}`)
    const token = stdout.trim()
    for (const file of [
      path.join(cli.dataDir, 'tokens.json'),
      path.join(logFolder(cli.dataDir), 'jira-tpm.log'),
    ]) {
      expect(existsSync(file) ? readFileSync(file, 'utf8') : '').not.toContain(token)
    }
    expect(stderr).not.toContain(token)
  })

  test('is for looking on for eight hours where nothing else is asked', async () => {
    const made = await json('token create')
    expect(made).toMatchObject({ scope: 'read', token: expect.stringMatching(/^eyJ/) as string })
    expect(Date.parse(String(made['expires'])) - Date.parse(String(made['created']))).toBe(8 * 3_600_000)
  })

  test.each([
    ['--ttl 25h', '--ttl takes a length of time from 10 s to 24 h, not "25h"'],
    ['--ttl 1s', '--ttl'],
    ['--ttl 8', '--ttl'],
    ['--ttl -1h', '--ttl'],
    ['--scope root', '--scope takes read, run or admin'],
    ['--scope', 'argument missing'],
  ])('%s is wrong usage, and no token is made', async (flags, says) => {
    const result = await cli.run(['token', 'create', ...flags.split(' ')])
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain(says)
    expect(await list()).toEqual([])
  })

  test('no name that a terminal would obey', async () => {
    const result = await cli.run(['token', 'create', '--name', 'a\u001B[2J'])
    expect(result).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('token revoke', () => {
  test('ends one, and says which there are', async () => {
    const first = await json('token create --name one')
    await json('token create --name two')
    expect(await json(`token revoke ${String(first['id'])}`)).toMatchObject({ state: 'revoked', name: 'one' })
    expect((await list()).map(({ name, state }) => [name, state])).toEqual([
      ['two', 'good'],
      ['one', 'revoked'],
    ])
    const table = await cli.run(['token', 'list'])
    expect(table.stdout).toMatch(/^id .*scope .*state/)
    expect(table.stdout).toContain('revoked')
  })

  test('of an id that is none changes nothing', async () => {
    const result = await cli.run(['token', 'revoke', 'x'])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('token list')
  })
})

test('token rotate says how long the former key is needed', async () => {
  expect(await json('token rotate')).toMatchObject({ formerUntil: null })
  const made = await json('token create --ttl 1h')
  expect(await json('token rotate')).toMatchObject({ formerUntil: made['expires'], revoked: 0 })
})

test('token rotate --revoke says how many it ended', async () => {
  await json('token create')
  await json('token create')
  const { stdout } = await cli.run(['token', 'rotate', '--revoke'])
  expect(stdout).toContain('All tokens and links made before (2)')
  expect((await list()).map(({ state }) => state)).toEqual(['revoked', 'revoked'])
})

describe('token link', () => {
  test('is one of the dashboard that runs, with a code in the fragment and a scope', async () => {
    await cli.run(['token', 'list']) // makes the folder
    const dashboard = { url: 'http://127.0.0.1:8050', publicUrl: 'https://tpm.example' }
    await announce(cli.dataDir, { dashboard })
    const { code, stdout, stderr } = await cli.run(['token', 'link', '--scope', 'run', '--ttl', '30m'])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^https:\/\/tpm\.example\/#code=[\w-]{43}\n$/)])
    expect(stderr).toContain('scope run')
    expect(await list()).toMatchObject([{ kind: 'link', scope: 'run', state: 'not opened' }])
    await announce(cli.dataDir, { dashboard: null })
  })

  test('where none runs, none is made', async () => {
    const result = await cli.run(['token', 'link'])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('jira-tpm serve')
    expect(await list()).toEqual([])
  })
})

test('token alone shows what it can do', async () => {
  const result: CliResult = await cli.run(['token'])
  expect(result.code).toBe(2)
  for (const word of ['create', 'list', 'revoke', 'rotate', 'link']) expect(result.stderr).toContain(word)
})
