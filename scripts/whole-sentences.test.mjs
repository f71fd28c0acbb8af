import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** @type {Readonly<Record<string, string>>} Where the words of another program are read, which has no fields for what it means. */
const WORDS_OF_OTHERS = {
  'packages/jira-sandbox/src/database/open-database.ts': 'better-sqlite3',
  'packages/jira-sandbox/src/cli-options.ts': 'Node',
  'src-main/desktop/updates/electron-updater.ts': 'electron-updater',
  'src-main/jira/answer.ts': 'Jira',
  'src-main/jira/network/connection-error.ts': 'undici',
  'src-main/jira/errors.ts': 'Jira',
  'src-main/jira/network/limit-headers.ts': 'Jira',
  'src-main/secrets/keyring.ts': 'the keychain',
  'src-main/store-check/check-store.ts': 'PostgreSQL',
  'src-main/store/postgres/connection/client.ts': 'PostgreSQL',
  'src-main/store/postgres/connection/errors.ts': 'PostgreSQL',
  'src-main/store/postgres/connection/failure.ts': 'pg',
  'src-main/store/postgres/connection/pooler.ts': 'PgBouncer',
  'src-main/store/sqlite/errors.ts': 'SQLite',
  'src-main/vault/vault-error.ts': 'Vault',
}

const TEXT = String.raw`(?:message|what|consequence|hint|sentence|reason|said)`
const CUT = String.raw`(?:split|replace|replaceAll|slice|substring|at|startsWith|endsWith|includes|match|matchAll|search|indexOf|lastIndexOf)`
const TAKEN_APART = new RegExp(String.raw`\b${TEXT}\)?\??\.${CUT}\(|\.(?:test|exec)\((?:\w+\.)?${TEXT}\)`)

const CODE = String.raw`(?:'[\w-]+'|\w*[cC]ode\b[^,]*),`
const ARGUMENTS = String.raw`(?:[^()]|\((?:[^()]|\([^()]*\))*\))*?`
/** What a sentence about what happened stands behind. */
const BEFORE = [
  String.raw`(?:Error|nothing\w+|noTicketMade|notChanged)\(\s*${CODE}`,
  String.raw`\bwhat: `,
  String.raw`TooMany\(`,
  String.raw`badRequest\(\d+,`,
  String.raw`(?:answered|orCancelled)\(${ARGUMENTS},`,
]
const WHAT = new RegExp(String.raw`(?:${BEFORE.join('|')})\s*(['"\`])((?:\\.|(?!\1)[^\\])*)\1`, 'g')
const TWO_SENTENCES = /[.!?] (?:[A-Z“"]|\$\{)/

const files = globSync(['src-{main,renderer,shared}/**/*.{ts,tsx}', 'packages/*/src/**/*.ts']).filter(
  (file) => !/\.test\.tsx?$/.test(file),
)

test('nobody takes the sentences of an error apart: its fields say what happened, what it means and what to do', () => {
  expect(files.length).toBeGreaterThan(400)
  const cutting = files.filter((file) => TAKEN_APART.test(readFileSync(file, 'utf8')))
  expect(cutting.toSorted()).toEqual(Object.keys(WORDS_OF_OTHERS).toSorted())
})

test('what happened is one sentence: what it means and what to do have fields of their own', () => {
  const ours = files.filter((file) => !file.startsWith('packages/')) // the sandbox says what Jira says
  const whats = ours.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(WHAT)].map((match) => ({ file, what: match[2] })),
  )
  expect(whats.length).toBeGreaterThan(250)
  expect(whats.filter(({ what }) => TWO_SENTENCES.test(withoutDots(what)))).toEqual([])
})

/** Without the full stops of code in a template. */
function withoutDots(what) {
  return what.replaceAll(/\$\{[^{}]*\}/g, (value) => value.replaceAll(/[.!?]/g, ''))
}
