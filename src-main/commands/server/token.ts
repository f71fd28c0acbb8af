import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { SCOPES, type Scope } from '../../../src-shared/contract/schema.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { textTable, type TableColumn } from '../../print/text-table.ts'
import { wallTime } from '../../print/wall-clock.ts'
import type { Config } from '../../config/config.ts'
import { MAX_TTL_MS, MIN_TTL_MS } from '../../tokens/claims.ts'
import { LINK_TTL_MS } from '../../tokens/make-token.ts'
import type { TokenRecord } from '../../tokens/token-file.ts'
import type { Tokens } from '../../tokens/tokens.ts'
import { runningInstances } from '../../workspace/instance.ts'
import { addAfterHelp, configOf, oneOf, type CommonOptions } from '../cli/options.ts'
import { duration, isoInstant } from '../cli/times.ts'
import { print, say, type CliIo, type CommandHost } from '../cli/io.ts'
import { withAccessLog, withLog } from '../cli/with-app.ts'

const SCOPE_HELP =
  'what it may do: read (look on), run (also make tickets and fetch), admin (also settings and stored data)'

const scopeFlag = oneOf('--scope', SCOPES, 'Nothing was done.')
const DEFAULT_TTL_MS = 8 * 3_600_000
const AFTER_HELP = [
  'A program sends its token as the header Authorization: Bearer TOKEN; a browser opens a link. A token may be shown to nobody, is good for 24 hours at most, and is good for servers of this data folder alone.',
]

export function addToken(program: Command, host: CommandHost): void {
  const token = program
    .command('token')
    .description('who may use the served dashboard: makes, lists and ends tokens and one-time links')
  addAfterHelp(token, AFTER_HELP)
  for (const add of [addTokenCreate, addTokenList, addTokenRevoke, addTokenRotate, addTokenLink])
    add(token, host)
}

interface ScopeAndTtl {
  readonly scope: Scope
  readonly ttl: number
}

/** The secret alone goes to stdout, never wrapped: so it can be put into a variable or a file. */
function printSecret(
  io: CliIo,
  { json }: CommonOptions,
  secret: string,
  document: Record<string, unknown>,
  sentences: readonly string[],
): void {
  if (json === true) return print(io, true, document, '')
  io.stdout.write(`${secret}\n`)
  for (const sentence of sentences) say(io, sentence)
}

function addTokenCreate(token: Command, host: CommandHost): void {
  token
    .command('create')
    .description('makes a token for a program, and prints it this once')
    .option('--scope <scope>', `${SCOPE_HELP} (default: read)`, scopeFlag, 'read')
    .option(
      '--ttl <time>',
      'how long it is good, up to 24h, as 30m or 8h (default: 8h)',
      duration('--ttl', { minMs: MIN_TTL_MS, maxMs: MAX_TTL_MS }),
      DEFAULT_TTL_MS,
    )
    .option('--name <name>', "whose it is, for the list (default: this account's name)")
    .action(
      tokenAction<CommonOptions & ScopeAndTtl & { name?: string }>(host, async ({ tokens, options }) => {
        const { scope, ttl: ttlMs, name = userInfo().username } = options
        const made = await tokens.create({ scope, ttlMs, name }, host.io.signal)
        const { record } = made
        const until = isoInstant(record.expiresMs)
        printSecret(host.io, options, made.token, { token: made.token, ...tokenDocument(record) }, [
          `This token of scope ${scope} is good until ${until}. It is shown this once: keep it as a password.`,
          `jira-tpm token revoke ${record.id} ends it before that.`,
        ])
      }),
    )
}

function addTokenList(token: Command, host: CommandHost): void {
  token
    .command('list')
    .description('tokens and one-time links that have not expired')
    .action(
      tokenAction(host, async ({ tokens, options, config }) => {
        const { io } = host
        const records = tokens.list()
        const { lines } = textTable(records, columnsIn(config.zone), io.stdoutIsTTY ? io.columns : null)
        const text = records.length === 0 ? 'There is no token that has not expired.' : lines.join('\n')
        print(io, options.json, { tokens: records.map(tokenDocument) }, text)
      }),
    )
}

function columnsIn(zone: string): readonly TableColumn<TokenRecord>[] {
  return [
    { title: 'id', of: ({ id }) => id },
    { title: 'scope', of: ({ scope }) => scope },
    { title: 'state', of: tokenState },
    { title: 'expires', giveUp: 2, of: ({ expiresMs }) => wallTime(expiresMs, zone) },
    { title: 'made', giveUp: 3, of: ({ createdMs }) => wallTime(createdMs, zone) },
    { title: 'name', giveUp: 1, of: ({ name }) => name },
  ]
}

function addTokenRevoke(token: Command, host: CommandHost): void {
  token
    .command('revoke')
    .description('ends a token, or a link and the browser that it let in, at once')
    .argument('<id>', 'as token list shows it')
    .action((id: string, own: CommonOptions, command: Command) =>
      tokenAction(host, async ({ tokens, options }) => {
        const record = await tokens.revoke(id)
        const what = record.link === null ? 'The token' : 'The link, and the browser that it let in,'
        const text = `${what} is refused from now on, by servers that run too.`
        print(host.io, options.json, tokenDocument(record), text)
      })(own, command),
    )
}

function addTokenRotate(token: Command, host: CommandHost): void {
  token
    .command('rotate')
    .description('signs with a new key from now on; tokens made before stay good until they expire')
    .option('--revoke', 'ends all tokens, links and signed-in browsers at once')
    .action(
      tokenAction<CommonOptions & { revoke?: boolean }>(host, async ({ tokens, options }) => {
        const { revoke = false } = options
        const { kid, formerUntilMs, revoked } = await tokens.rotate(host.io.signal, { revoke })
        const until = formerUntilMs === null ? null : isoInstant(formerUntilMs)
        const former = revoke
          ? `All tokens and links made before (${revoked}), and the browsers that they let in, are refused from now on, by servers that run too.`
          : until === null
            ? 'No token made before is in use.'
            : `Tokens made before stay good until they expire, the last at ${until}.`
        const text = `A new key signs from now on; the one before can sign no more. ${former}`
        print(host.io, options.json, { key: kid, formerUntil: until, revoked }, text)
      }),
    )
}

function addTokenLink(token: Command, host: CommandHost): void {
  token
    .command('link')
    .description("a link that opens this workspace's served dashboard in one browser, once")
    .option('--scope <scope>', `${SCOPE_HELP} (default: read)`, scopeFlag, 'read')
    .option(
      '--ttl <time>',
      'how long it can be opened, as 15m or 2h; the browser is let in for 24 hours (default: 15m)',
      duration('--ttl', { minMs: MIN_TTL_MS, maxMs: MAX_TTL_MS }),
      LINK_TTL_MS,
    )
    .action(
      tokenAction<CommonOptions & ScopeAndTtl>(host, async ({ tokens, options, config }) => {
        const { scope, ttl: ttlMs } = options
        const url = servedAt(config.dataDir)
        const { code, record } = await tokens.createLink({ scope, ttlMs })
        const link = `${url}/#code=${code}`
        const until = isoInstant(record.createdMs + ttlMs)
        printSecret(host.io, options, link, { link, openUntil: until, ...tokenDocument(record) }, [
          `It works once, until ${until}, and gives scope ${scope}. Whoever has it first is let in.`,
          `jira-tpm token revoke ${record.id} ends it, and what it opened.`,
        ])
      }),
    )
}

/** The public URL of the dashboard that was served last. Throws `not-found`. */
function servedAt(dataDir: string): string {
  const found = runningInstances(dataDir).findLast(({ dashboard }) => dashboard !== null)?.dashboard
  if (found) return found.publicUrl
  throw new AppError('not-found', 'No dashboard of this data folder is served now.', {
    consequence: 'No link was made.',
    hint: 'Start it with jira-tpm serve or plot-data.',
  })
}

/** How a token or a link stands: as `token list` shows it in JSON. The token itself is in no list. */
function tokenDocument(record: TokenRecord): Record<string, unknown> {
  const { id, link, scope, name, createdMs, expiresMs, revokedMs } = record
  return {
    id,
    kind: link === null ? 'token' : 'link',
    scope,
    name,
    state: tokenState(record),
    created: isoInstant(createdMs),
    expires: isoInstant(expiresMs),
    revoked: revokedMs === null ? null : isoInstant(revokedMs),
  }
}

/** Of what has not expired. A link that was opened has a browser's session, which lasts until it expires. */
function tokenState({ link, revokedMs }: TokenRecord): 'good' | 'revoked' | 'opened' | 'not opened' {
  if (revokedMs !== null) return 'revoked'
  if (link === null) return 'good'
  return link.spentMs === null ? 'not opened' : 'opened'
}

interface TokenParts<O> {
  readonly tokens: Tokens
  readonly options: O
  readonly config: Config
}

/** An action: does `work` on the tokens of a workspace. Neither a Jira nor a store is opened. */
function tokenAction<O extends CommonOptions>(
  { io }: CommandHost,
  work: (parts: TokenParts<O>) => Promise<void>,
): (own: O, command: Command) => Promise<void> {
  return async (_own, command) => {
    const options = command.optsWithGlobals<O>()
    const config = configOf(io, options)
    const { dataDir } = config
    await withLog(io, dataDir, async (log) => {
      // Loaded late: help and wrong flags are answered without its weight.
      const { createTokens } = await import('../../tokens/tokens.ts')
      await withAccessLog(io, dataDir, (accessLog) =>
        work({ tokens: createTokens({ dataDir, log, accessLog }), options, config }),
      )
    })
  }
}
