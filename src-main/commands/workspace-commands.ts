import {
  CONTEXT_PATH,
  DEFAULT_SANDBOX,
  INDEX_LAG_FORMS,
  isMoodName,
  parseIndexLag,
  SANDBOX_LIMITS,
} from '#jira-sandbox'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { isDay } from '../../src-shared/domain/token-expiry.ts'
import { MAX_TTL_MS, MIN_TTL_MS } from '../tokens/lifetimes.ts'
import { argument, defineCommand, flag, option, type CommandValue } from './cli/define-command.ts'
import { decimalNumber, duration, flagValue, oneOf, wholeNumber, zoneName } from './cli/options.ts'
import { RUN_NOTES, runOptions } from './run-commands.ts'

const NOT_STARTED = { nothing: 'Nothing was started.' }
const { historyHours } = DEFAULT_SANDBOX
const zone = zoneName({ ...NOT_STARTED, hint: 'Write it as Europe/Berlin.' })

export const SANDBOX = {
  port: option('<n>', 'the port (default: any free one)', wholeNumber(SANDBOX_LIMITS.port)),
  historyWeeks: option(
    '<n>',
    'weeks of a past that a new sandbox has, busy on working days (default: 4)',
    wholeNumber(SANDBOX_LIMITS.historyWeeks),
  ),
  historyTickets: option(
    '<n>',
    `so many past tickets instead, over --history-hours (default: ${historyHours})`,
    wholeNumber(SANDBOX_LIMITS.historyTickets),
  ),
  historyHours: option('<n>', 'over how many hours they lie', decimalNumber(SANDBOX_LIMITS.historyHours)),
  seed: option('<n>', 'the same seed gives the same past', wholeNumber(SANDBOX_LIMITS.seed)),
  lag: option(
    '<span>',
    `how late its search finds tickets: ${INDEX_LAG_FORMS} (default: none)`,
    flagValue(INDEX_LAG_FORMS, parseIndexLag, NOT_STARTED),
  ),
  userZone: option('<zone>', 'time zone of the account (default: UTC)', zone),
  siteZone: option('<zone>', 'time zone of the site (default: UTC)', zone),
  burst: option(
    '<n>',
    'requests a second before it answers 429 (default: 0, no limit)',
    wholeNumber(SANDBOX_LIMITS.burstPerSecond),
  ),
  deployment: option(
    '<kind>',
    'the Jira that it plays: cloud or data-center (default: cloud)',
    oneOf(['cloud', 'data-center'], NOT_STARTED.nothing),
  ),
  contextPath: option(
    '<path>',
    'a path before everything, as /jira (default: none)',
    flagValue('a path as /jira', (text) => (new RegExp(CONTEXT_PATH).test(text) ? text : null), NOT_STARTED),
  ),
  mood: option(
    '<name>',
    'something that is wrong with it; --mood list names what there is',
    flagValue('the name of a mood', (text) => (text === 'list' || isMoodName(text) ? text : null), {
      ...NOT_STARTED,
      hint: 'jira-tpm sandbox --mood list names them.',
    }),
  ),
}

export const CONNECT = {
  url: argument('<url>', 'where people open this Jira, as https://example.atlassian.net'),
  user: option('<e-mail>', "the account's address, for Jira Cloud; Data Center needs none"),
  tokenStdin: flag('read the token from stdin instead of asking for it'),
  tokenExpires: option(
    '<day>',
    'last day on which the token works, as 2027-01-31',
    flagValue('a day', (text) => (isDay(text) ? text : null), {
      nothing: 'Nothing was changed.',
      hint: 'Write it as 2027-01-31.',
    }),
  ),
  caFile: option('<file>', "a PEM file of certificates to believe besides the system's own"),
  watchField: option('<field>', 'the field that is watched, by name or id (default: Priority)'),
  watch: option('<values>', 'its values that are watched, by name or id (default: High,Highest)'),
}

export const DISCONNECT = { forgetToken: flag('delete the token from the keychain too') }

export const HOOKS = {
  url: option(
    '<address>',
    'where Jira reaches this server, as https://tpm.example.com/hooks/jira (default: below JIRA_TPM_PUBLIC_URL)',
  ),
}

export const USE_STORE = {
  chosen: argument('<store>', 'postgres://user@host:port/database, or sqlite'),
  passwordStdin: flag('read the password from stdin instead of asking for it; it goes into the keychain'),
}

const SCOPES = ['read', 'run', 'admin'] as const satisfies readonly Scope[]
const MAY =
  'read (look on), run (also make tickets and fetch), admin (also settings and stored data) (default: read)'
const scope = option('<scope>', `what it may do: ${MAY}`, oneOf(SCOPES, 'Nothing was done.'), 'read')
const ttl = duration({ minMs: MIN_TTL_MS, maxMs: MAX_TTL_MS })

export const TOKEN_CREATE = {
  scope,
  ttl: option('<time>', 'how long it is good, up to 24h, as 30m or 8h (default: 8h)', ttl, 8 * 3_600_000),
  name: option('<name>', "whose it is, for the list (default: this account's name)"),
}

export const TOKEN_REVOKE = { id: argument('<id>', 'as token list shows it') }

export const TOKEN_ROTATE = {
  revoke: flag('ends all tokens, links and signed-in browsers at once'),
}

export const TOKEN_LINK = {
  scope: option(
    '<scope>',
    `what it may do: display (a screen that nobody touches: the TV view alone), ${MAY}`,
    oneOf(['display', ...SCOPES] as const, 'Nothing was done.'),
    'read',
  ),
  ttl: option(
    '<time>',
    'how long it can be opened, as 15m or 2h; the browser is let in for 24 hours (default: 15m; for a display 180 days)',
    ttl,
  ),
  name: option('<name>', 'whose it is, or where the display hangs, for the list'),
}

const PNG = 'jira-tpm-demo.png'

/** An hour in half a minute. */
export const DEMO_COMPRESS = 120

export const DEMO = {
  ...runOptions(DEMO_COMPRESS),
  png: option('<file>', `where the picture of the chart goes (default: ${PNG})`, String, PNG),
}

export const WORKSPACE_COMMANDS: readonly CommandValue[] = [
  defineCommand({
    name: 'sandbox',
    group: 'Rehearse',
    summary: 'runs the built-in Jira on this machine, until Ctrl-C',
    options: SANDBOX,
    needs: 'log',
    run: async () => (await import('./server/sandbox.ts')).sandbox,
  }),
  defineCommand({
    name: 'doctor',
    group: 'Set up',
    summary: 'goes through folder, store, keychain and Jira step by step, and says what to do',
    needs: 'log',
    run: async () => (await import('./doctor/doctor.ts')).doctor,
  }),
  defineCommand({
    name: 'connect',
    group: 'Set up',
    summary: 'connects a Jira Cloud site or a Data Center server; the token goes into the keychain',
    options: CONNECT,
    needs: 'own-core',
    run: async () => (await import('./connect/connect.ts')).connect,
  }),
  defineCommand({
    name: 'disconnect',
    group: 'Set up',
    summary: 'goes back to the sandbox; what was fetched stays stored',
    options: DISCONNECT,
    needs: 'own-core',
    run: async () => (await import('./connect/connect.ts')).disconnect,
  }),
  defineCommand({
    name: 'use-store',
    group: 'Set up',
    summary: "keeps tickets in a PostgreSQL server, or again in the workspace's own file",
    options: USE_STORE,
    notes: [
      'The connection is encrypted, and the server’s name checked, unless it is on this machine. After the database: ?sslmode=verify-full (the default), verify-ca, require or disable; &sslrootcert=FILE for certificates of your own.',
    ],
    needs: 'own-core',
    run: async () => (await import('./connect/use-store.ts')).useStore,
  }),
  defineCommand({
    name: 'restored',
    group: 'Set up',
    summary: 'says that the store was restored from a backup, where it could not be found out',
    notes: [
      'Needed where the data folders of all who used the store are gone, too: a program that knew the store finds it out by itself. docs/backup.md says more.',
    ],
    needs: 'log',
    run: async () => (await import('./connect/restored.ts')).restored,
  }),
  {
    name: 'hooks',
    group: 'Set up',
    summary: "Jira's webhooks, for jira-tpm serve --hooks: registers, checks and removes them in Jira",
    notes: [
      'That takes an administrator of Jira; to any other account it says what to type where. The secret that signs them is JIRA_WEBHOOK_SECRET, or one that is made once and kept where tokens are.',
    ],
    commands: [
      defineCommand({
        name: 'register',
        summary:
          'registers the webhook in Jira, once however often it is called, and makes it right where it is not',
        options: HOOKS,
        needs: 'log',
        run: async () => (await import('./hooks/hooks.ts')).registerHooks,
      }),
      defineCommand({
        name: 'check',
        isDefault: true,
        summary:
          'whether it is registered, for the right tickets and events, and signed; exit 1 where it is not',
        options: HOOKS,
        needs: 'log',
        run: async () => (await import('./hooks/hooks.ts')).checkHooks,
      }),
      defineCommand({
        name: 'remove',
        summary: 'deletes it from Jira, which is then asked every few seconds again',
        options: HOOKS,
        needs: 'log',
        run: async () => (await import('./hooks/hooks.ts')).removeHooks,
      }),
    ],
  },
  {
    name: 'token',
    group: 'Set up',
    summary: 'who may use the served dashboard: makes, lists and ends tokens and one-time links',
    notes: [
      'A program sends its token as the header Authorization: Bearer TOKEN; a browser opens a link. A token may be shown to nobody, is good for 24 hours at most, at every server of the store. A colleague’s program signs in by a link, for 90 days, renewed by use: jira-tpm login.',
    ],
    commands: [
      defineCommand({
        name: 'create',
        summary: 'makes a token for a program, and prints it this once',
        options: TOKEN_CREATE,
        needs: 'access-log',
        run: async () => (await import('./server/token.ts')).createToken,
      }),
      defineCommand({
        name: 'list',
        summary: 'tokens and one-time links that have not expired',
        needs: 'access-log',
        run: async () => (await import('./server/token.ts')).listTokens,
      }),
      defineCommand({
        name: 'revoke',
        summary: 'ends a token, or a link and the browser that it let in, at once',
        options: TOKEN_REVOKE,
        needs: 'access-log',
        run: async () => (await import('./server/token.ts')).revokeToken,
      }),
      defineCommand({
        name: 'rotate',
        summary: 'signs with a new key from now on; tokens made before stay good until they expire',
        options: TOKEN_ROTATE,
        needs: 'access-log',
        run: async () => (await import('./server/token.ts')).rotateKey,
      }),
      defineCommand({
        name: 'link',
        summary:
          "a link that opens this workspace's served dashboard in one browser, once, or its TV view on a screen",
        options: TOKEN_LINK,
        needs: 'access-log',
        run: async () => (await import('./server/token.ts')).createLink,
      }),
    ],
  },
  defineCommand({
    name: 'demo',
    group: 'Rehearse',
    summary: 'plays an hour in half a minute in the sandbox: creates, fetches, draws and audits it, and ends',
    options: DEMO,
    notes: RUN_NOTES,
    needs: 'own-core',
    run: async () => (await import('./runs/demo.ts')).demo,
  }),
]
