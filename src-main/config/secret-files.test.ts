import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { refusalOf } from '../../test-support/domain/refusal.ts'
import { readSettings, withSecretFiles } from './environment.ts'
import { resolveConfig } from './read-config.ts'
import { testFolder } from '../../test-support/end.ts'

let cwd: string
beforeEach(() => void (cwd = testFolder()))

function file(name: string, content: string | Buffer): string {
  writeFileSync(path.join(cwd, name), content)
  return path.join(cwd, name)
}

const refusal = (env: Record<string, string>) => refusalOf(() => withSecretFiles(env, cwd))

describe('a secret in a file', () => {
  test.each([
    'JIRA_API_KEY',
    'PSQL_PW',
    'DATABASE_URL',
    'DATABASE_DIRECT_URL',
    'VAULT_TOKEN',
    'VAULT_SECRET_ID',
  ])('%s is what the file holds, without the line end', (name) => {
    expect(withSecretFiles({ [`${name}_FILE`]: file('one', 's3cret\n') }, cwd)[name]).toBe('s3cret')
    expect(withSecretFiles({ [`${name}_FILE`]: file('two', 's3cret\r\n') }, cwd)[name]).toBe('s3cret')
    expect(withSecretFiles({ [`${name}_FILE`]: file('three', 's3cret') }, cwd)[name]).toBe('s3cret')
  })

  test('a relative path is meant from the working folder, and a link is followed, as Kubernetes mounts them', () => {
    mkdirSync(path.join(cwd, '..data'))
    file('..data/key', 's3cret')
    symlinkSync('..data/key', path.join(cwd, 'key'))
    expect(withSecretFiles({ JIRA_API_KEY_FILE: 'key' }, cwd)['JIRA_API_KEY']).toBe('s3cret')
  })

  test('an empty variable counts as none', () => {
    const env = { JIRA_API_KEY: 's3cret', JIRA_API_KEY_FILE: ' ', PSQL_PW: '', PSQL_PW_FILE: file('pw', 'p') }
    expect(withSecretFiles(env, cwd)).toMatchObject({ JIRA_API_KEY: 's3cret', PSQL_PW: 'p' })
  })

  test('a file of another name is left alone', () => {
    expect(withSecretFiles({ NPM_TOKEN_FILE: '/nowhere' }, cwd)).toEqual({ NPM_TOKEN_FILE: '/nowhere' })
  })
})

describe('refused with a sentence that says none of it', () => {
  test('no such file', () => {
    const error = refusal({ PSQL_PW_FILE: '/run/secrets/nothing' })
    expect(error.code).toBe('not-configured')
    expect(error.message).toBe(
      'PSQL_PW_FILE names /run/secrets/nothing, which is not there. Nothing was started.',
    )
    expect(error.hint).toContain('is the secret mounted')
  })

  test.each([
    ['nothing in it', '\n', 'which is empty'],
    ['blanks', '  \n', 'which is empty'],
    ['two lines', 's3cret\nmore\n', 'which is not one line of text'],
    ['no text', Buffer.from([0x73, 0x33, 0xff, 0xfe]), 'which is not one line of text'],
    ['far too much', 's3cret'.repeat(20_000), 'which is no file that could hold a secret'],
  ])('%s', (_what, content, words) => {
    const error = refusal({ JIRA_API_KEY_FILE: file('key', content) })
    expect(error.message).toContain(words)
    expect(`${error.message} ${error.hint}`).not.toContain('s3cret')
  })

  test('a folder, and a device that never ends', () => {
    expect(refusal({ VAULT_TOKEN_FILE: cwd }).message).toContain('no file that could hold a secret')
    expect(refusal({ VAULT_TOKEN_FILE: '/dev/zero' }).message).toContain('no file that could hold a secret')
  })

  test('the secret and its file at once', () => {
    const error = refusal({ JIRA_API_KEY: 's3cret', JIRA_API_KEY_FILE: file('key', 'other-s3cret') })
    expect(error.message).toContain('JIRA_API_KEY and JIRA_API_KEY_FILE are both set')
    expect(error.message).not.toContain('s3cret')
  })
})

describe('where the configuration is read', () => {
  test('the file of the environment wins over .env, as the variable would', () => {
    file('.env', 'JIRA_API_KEY=from-env-file\n')
    const env = { JIRA_API_KEY_FILE: file('key', 'mounted\n') }
    expect(readSettings({ env, cwd }).variables.JIRA_API_KEY).toBe('mounted')
  })

  test("a team's store with its password in a file", () => {
    const env = {
      PSQL_HOST: 'db',
      PSQL_USER: 'tpm',
      PSQL_PW_FILE: file('pw', 'p w'),
      PSQL_SSLMODE: 'disable',
    }
    const { store } = resolveConfig({ flags: { dataDir: path.join(cwd, 'data') }, env, cwd })
    expect(store).toMatchObject({ kind: 'postgres', host: 'db', password: 'p w' })
  })

  test('Vault’s token is read from its file again, unless another source says the token', () => {
    const named = file('token', 'hvs.first\n')
    const env = { USE_VAULT: 'true', VAULT_ADDR: 'https://vault.example.com:8200', VAULT_TOKEN_FILE: named }
    const flags = { dataDir: path.join(cwd, 'data') }
    const { vault } = resolveConfig({ flags, env, cwd })
    expect(vault?.auth).toEqual({ kind: 'token', token: 'hvs.first', file: named })
    const envFile = file('given.env', 'VAULT_ADDR=https://vault.example.com:8200\nVAULT_TOKEN=hvs.given\n')
    const given = resolveConfig({ flags: { ...flags, envFile }, env, cwd }).vault
    expect(given?.auth).toEqual({ kind: 'token', token: 'hvs.given' })
  })

  // Else whoever can leave a .env somewhere could have a private key sent to a Jira of theirs.
  test.each(['.env', '.auth'])('%s may not name files', (name) => {
    file(name, `JIRA_URL=https://jira.example.com\nJIRA_API_KEY_FILE=${file('id_rsa', 'key')}\n`)
    expect(() => readSettings({ env: {}, cwd })).toThrow(
      'sets JIRA_API_KEY_FILE, which is taken from the real',
    )
  })
})

test('secrets of an output of alerts come from the environment or its file, never from the folder', () => {
  const env = { JIRA_TPM_OUTPUT_ON_CALL: 'one', JIRA_TPM_OUTPUT_NIGHT_FILE: file('night', 'two\n') }
  const { outputSecrets } = readSettings({ env, cwd })
  expect(outputSecrets).toEqual({ JIRA_TPM_OUTPUT_ON_CALL: 'one', JIRA_TPM_OUTPUT_NIGHT: 'two' })
  file('.env', 'JIRA_TPM_OUTPUT_ON_CALL=https://evil.example\n')
  expect(() => readSettings({ env: {}, cwd })).toThrow(
    /JIRA_TPM_OUTPUT_ON_CALL, which is taken from the real environment alone/,
  )
})
