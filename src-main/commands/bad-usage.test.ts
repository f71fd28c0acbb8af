import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCliFixture, type CliFixture } from '../../test-support/commands/cli.ts'

let cli: CliFixture
beforeEach(() => {
  cli = createCliFixture()
})
afterEach(() => cli.close())

describe('wrong usage: exit 2, one sentence on stderr, nothing on stdout, nothing touched', () => {
  test.each([
    ['create-tickets --count 0', '--count takes a whole number from 1 to 100000, not "0"'],
    ['create-tickets --count -5', 'not "-5"'],
    ['create-tickets --count 1e9', 'not "1e9"'],
    ['create-tickets --count 1000000000', 'not "1000000000"'],
    ['create-tickets --count many', 'not "many"'],
    ['create-tickets --count 1.5', 'not "1.5"'],
    ['create-tickets --count', "option '--count <n>' argument missing"],
    ['create-tickets --minutes 0', '--minutes takes a number from 0.1 to 1440, not "0"'],
    ['create-tickets --minutes NaN', 'not "NaN"'],
    ['create-tickets --seed -1', '--seed takes a whole number from 0 to 4294967295, not "-1"'],
    ['create-tickets --seed 4294967296', 'not "4294967296"'],
    ['create-tickets --seed abc', 'not "abc"'],
    ['create-tickets --compress 0', '--compress takes a number from 1 to 3600, not "0"'],
    ['create-tickets --weights High', '--weights takes names and numbers, not "High"'],
    ['create-tickets --weights High=-1', 'not "High=-1"'],
    ['resume --missed never', '--missed takes shift, catch-up or skip, not "never"'],
    ['resume --unknown perhaps', '--unknown takes look, send or drop, not "perhaps"'],
    ['create-tickets --missed 5', 'not "5"'],
    ['runs --limit 0', '--limit takes a whole number from 1 to 100, not "0"'],
    ['pause now', "too many arguments for 'pause'"],
    ['plot-data --port 65536', '--port takes a whole number from 0 to 65535, not "65536"'],
    ['plot-data --port http', 'not "http"'],
    ['counts --from soon', '“soon” is not a time.'],
    ['counts --from 2026-02-30T10:00Z', '“2026-02-30t10:00z” is not a time.'],
    ['counts --to 1969-12-31', '“1969-12-31” is not a time.'],
    ['counts --from 2026-11-24T15:00Z --to 2026-11-24T14:00Z', 'ends before it begins.'],
    ['counts --interval 3m', 'or 7d, not "3m"'],
    ['counts --csv --json', '--csv is printed once, and alone: not with --json.'],
    ['plot-data --from -2h', 'say what is in the picture of --png'],
    ['counts --zone Berlin', '--zone takes the name of a time zone, not "Berlin"'],
    ['sandbox --lag soon', '--lag takes none, seconds (5s)'],
    ['sandbox --lag 10s-2s', 'not "10s-2s"'],
    ['sandbox --user-zone Mars/Olympus', '--user-zone takes the name of a time zone'],
    ['sandbox --mood cheerful', '--mood takes the name of a mood, not "cheerful"'],
    ['sandbox --history-hours 0', '--history-hours takes a number from 0.1'],
    ['drop-table', 'Add --yes'],
    ['maintain --keep 13M', 'Look first, with --dry-run'],
    ['counts --jira ftp://example.com', '--jira is ftp://example.com, but must begin with https://'],
    ['counts --jira nowhere', '--jira is neither sandbox nor a URL'],
    ['counts --store tickets.sqlite', '--store is not a store that Jira TPM knows'],
    ['counts --store mysql://db/tickets', '--store is not a store that Jira TPM knows'],
    ['counts --store postgres://me:secret@db/tickets', 'which every process on this machine can read'],
    ['counts --store postgres://me@db:port/tickets', 'no host and port'],
    ['counts --store postgres://me@db/tickets?sslmode=prefer', 'does not have (prefer)'],
    ['counts --store postgres://me@db/tickets?schema=public', 'has the parameter schema'],
    ['counts --fallback mysql', '--fallback takes sqlite or none, not "mysql"'],
    ['counts --project A"B', "--project is not a project's key"],
    ['connect', "missing required argument 'url'"],
    ['connect nowhere', 'The address is no URL'],
    ['connect http://example.com', 'must begin with https://'],
    ['connect https://me:secret@example.com', 'holds a user or a password'],
    ['connect https://example.atlassian.net', 'wants an e-mail address'],
    ['connect https://example.com --token abc', "unknown option '--token'"],
    ['connect https://example.com abc', "too many arguments for 'connect'"],
    ['connect https://example.com --token-expires soon', '--token-expires takes a day, not "soon"'],
    ['connect https://example.com --token-expires 2027-02-30', 'not "2027-02-30"'],
    ['connect https://example.com --ca-file nowhere.pem', 'nowhere.pem cannot be read'],
    ['connect https://example.com --jira sandbox', '--jira says which Jira is used'],
    ['connect https://example.com --watch', "option '--watch <values>' argument missing"],
    ['disconnect https://example.com', "too many arguments for 'disconnect'"],
    ['use-store', "missing required argument 'store'"],
    ['use-store tickets.sqlite', 'takes a PostgreSQL server or the word sqlite'],
    ['use-store mysql://db/tickets', 'takes a PostgreSQL server or the word sqlite'],
    ['use-store sqlite:tickets.sqlite', 'takes a PostgreSQL server or the word sqlite'],
    ['use-store postgres://me:secret@db/tickets', 'which every process on this machine can read'],
    ['use-store sqlite --store sqlite:a', '--store says which store is used'],
    ['use-store postgres://me@db --password abc', "unknown option '--password'"],
    ['use-store postgres://me@db abc', "too many arguments for 'use-store'"],
    ['tickets --limit 0', '--limit takes a whole number from 1 to 100000, not "0"'],
    ['tickets --from 2026-11-24T15:00Z --to 2026-11-24T14:00Z', 'ends before it begins.'],
    ['left-tickets --limit 0', '--limit takes a whole number from 1 to 500, not "0"'],
    ['left-tickets --limit 501', 'not "501"'],
    ['left-tickets --from soon', '“soon” is not a time.'],
    ['left-tickets --from 2026-11-24T15:00Z --to 2026-11-24T14:00Z', 'ends before it begins.'],
    ['import', "missing required argument 'source'"],
    ['import nowhere.sql', 'nowhere.sql is not there'],
    ['import a.csv b.csv', "too many arguments for 'import'"],
    ['import a.csv --format xml', "argument 'xml' is invalid"],
    ['import a.csv --zone Mars/Olympus', '--zone takes the name of a time zone'],
    ['import postgres://me:secret@db/tickets', 'which every process on this machine can read'],
    ['import postgres://me@db/tickets --format csv', 'A database has no format'],
    ['export tickets.txt', 'The name tickets.txt says no format'],
    ['export --json', '--json needs a file'],
    ['export a.csv --from soon', '“soon” is not a time.'],
    ['export a.csv --format old', "argument 'old' is invalid"],
    ['export a.csv b.csv', "too many arguments for 'export'"],
    ['-c -d', 'drop-table goes with no other command in one call'],
    ['-c -f --dry-run', '--dry-run goes with no other command in one call'],
    ['-c -f --cuont 5', "unknown option '--cuont'"],
    ['-c -f --count none', '--count takes'],
    ['-c -p --port none', '--port takes'],
    ['-c -f extra', "too many arguments for 'create-tickets'"],
    ['counts extra', "too many arguments for 'counts'"],
    ['count', 'Did you mean counts?'],
    ['counts --intervall 1m', 'Did you mean --interval?'],
  ])('%s', async (line, sentence) => {
    const { code, stdout, stderr } = await cli.run(line.split(' '))
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('secret@')
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3)
    expect(stdout).toBe('')
    expect(code).toBe(2)
    expect(existsSync(path.join(cli.dataDir, 'tpm.sqlite'))).toBe(false)
  })

  test('no command: the help on stderr', async () => {
    const { code, stdout, stderr } = await cli.run([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('create-tickets')
  })
})

test.each([['-h'], ['--help'], ['help'], ['counts', '-h']])(
  'help on stdout, exit 0: %s %s',
  async (...argv) => {
    const { code, stdout, stderr } = await cli.run(argv)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('--json')
  },
)

describe('not set up: exit 3', () => {
  test.each([
    ['counts', { JIRA_URL: 'https://example.atlassian.net' }, 'set JIRA_USER'],
    ['counts', { JIRA_URL: 'https://jira.example.com' }, 'set JIRA_API_KEY'],
    ['counts', { JIRA_URL: 'http://example.com', JIRA_USER: 'a', JIRA_API_KEY: 'b' }, 'https://'],
    ['counts --jira https://example.atlassian.net', { JIRA_USER: 'a' }, 'set JIRA_API_KEY'],
    [
      'counts',
      { DATABASE_URL: 'mysql://me:secret@db/a' },
      'DATABASE_URL is no address of a PostgreSQL server',
    ],
    ['counts', { PSQL_DB: 'tickets' }, 'PSQL_DB is set, but PSQL_HOST is not'],
    [
      'counts',
      { PSQL_HOST: 'db', PSQL_PORT: 'many' },
      'The server of PSQL_HOST has a port that is no number',
    ],
  ])('%s with %j', async (line, env, sentence) => {
    const { code, stdout, stderr } = await cli.run([...line.split(' '), '--json'], { env })
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('secret@')
    expect([code, stdout]).toEqual([3, ''])
  })
})

test('a data folder that cannot be written: exit 1', async () => {
  writeFileSync(path.join(cli.cwd, 'data'), 'a file in the way')
  const { code, stderr } = await cli.run(['counts'])
  expect(stderr).toContain('cannot be written')
  expect(code).toBe(1)
})

test('a SQLite file that is none: exit 1, and it is left as it is', async () => {
  mkdirSync(cli.dataDir)
  writeFileSync(path.join(cli.dataDir, 'tpm.sqlite'), 'not a database, but someone may need it '.repeat(100))
  const { code, stderr } = await cli.run(['counts', '--jira', 'sandbox'])
  expect(stderr).toContain('tpm.sqlite')
  expect(code).toBe(1)
})

describe('create-tickets --dry-run', () => {
  test('shows the plan and touches nothing', async () => {
    const { code, stdout } = await cli.run(['create-tickets', '--dry-run', '--seed', '7', '--json'])
    expect(code).toBe(0)
    const plan = JSON.parse(stdout) as { run: null; planned: number; minutes: { planned: number }[] }
    expect(plan).toMatchObject({ run: null, seed: 7, planned: 100, created: 0, failed: 0 })
    expect(plan.minutes.reduce((sum, { planned }) => sum + planned, 0)).toBe(100)
    expect(existsSync(cli.dataDir)).toBe(false)
  })

  test('the old flag and options on both sides of it mean the same', async () => {
    const { code, stdout } = await cli.run(['--json', '--seed', '7', '-c', '--dry-run', '--count', '5'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ seed: 7, planned: 5 })
  })
})
