import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** @type {Readonly<Record<string, string>>} Where the words of another program are read, which has no fields for what it means. */
const WORDS_OF_OTHERS = {
  'packages/jira-sandbox/src/database/open-database.ts': 'better-sqlite3',
  'packages/jira-sandbox/src/cli-options.ts': 'Node',
  'src-main/desktop/updates/electron-updater.ts': 'electron-updater',
  'src-main/jira/answer.ts': 'Jira',
  'src-main/jira/connection-error.ts': 'undici',
  'src-main/jira/errors.ts': 'Jira',
  'src-main/jira/limit-headers.ts': 'Jira',
  'src-main/secrets/keyring.ts': 'the keychain',
  'src-main/store-check/check-store.ts': 'PostgreSQL',
  'src-main/store/postgres/connection/client.ts': 'PostgreSQL',
  'src-main/store/postgres/connection/connection-errors.ts': 'PostgreSQL and pg',
  'src-main/store/postgres/connection/errors.ts': 'PostgreSQL',
  'src-main/store/postgres/connection/failure.ts': 'pg',
  'src-main/store/sqlite/errors.ts': 'SQLite',
  'src-main/vault/vault-error.ts': 'Vault',
  'src-main/audit/findings.ts': 'the ledger, whose sentence loses its full stop within another',
}

const TEXT = String.raw`(?:message|what|consequence|hint|sentence|reason|said)`
const CUT = String.raw`(?:split|replace|replaceAll|slice|substring|at|startsWith|endsWith|includes|match|matchAll|search|indexOf|lastIndexOf)`
const TAKEN_APART = new RegExp(String.raw`\b${TEXT}\)?\??\.${CUT}\(|\.(?:test|exec)\((?:\w+\.)?${TEXT}\)`)

test('nobody takes the sentences of an error apart: its fields say what happened, what it means and what to do', () => {
  const files = globSync(['src-{main,renderer,shared}/**/*.{ts,tsx}', 'packages/*/src/**/*.ts'])
  expect(files.length).toBeGreaterThan(400)
  const cutting = files.filter(
    (file) => !/\.test\.tsx?$/.test(file) && TAKEN_APART.test(readFileSync(file, 'utf8')),
  )
  expect(cutting.toSorted()).toEqual(Object.keys(WORDS_OF_OTHERS).toSorted())
})
