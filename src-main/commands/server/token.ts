import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { SCOPES, type Scope } from '../../../src-shared/contract/schema.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { textTable, type TableColumn } from '../../print/text-table.ts'
import { wallTime } from '../../print/wall-clock.ts'
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

interface CreateOptions extends CommonOptions {
  readonly scope: Scope
  readonly ttl: number
  readonly name?: string
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
    .action((_options, command: Command) => createToken(host, command.optsWithGlobals()))
}

/** The token alone goes to stdout, never wrapped: so it can be put into a variable or a file. */
async function createToken({ io }: CommandHost, options: CreateOptions): Promise<void> {
  const { scope, ttl: ttlMs, name = userInfo().username, json } = options
  await withTokens(io, options, async ({ tokens }) => {
    const { token, record } = await tokens.create({ scope, ttlMs, name }, io.signal)
    if (json === true) return print(io, true, { token, ...tokenDocument(record) }, '')
    io.stdout.write(`${token}\n`)
    const until = isoInstant(record.expiresMs)
    say(
      io,
      `This token of scope ${scope} is good until ${until}. It is shown this once: keep it as a password.`,
    )
    say(io, `jira-tpm token revoke ${record.id} ends it before that.`)
  })
}

function addTokenList(token: Command, host: CommandHost): void {
  token
    .command('list')
    .description('tokens and one-time links that have not expired')
    .action((_options, command: Command) => listTokens(host, command.optsWithGlobals()))
}

async function listTokens({ io }: CommandHost, options: CommonOptions): Promise<void> {
  await withTokens(io, options, async ({ tokens, zone }) => {
    const records = tokens.list()
    const { lines } = textTable(records, columnsIn(zone), io.stdoutIsTTY ? io.columns : null)
    const text = records.length === 0 ? 'There is no token that has not expired.' : lines.join('\n')
    print(io, options.json, { tokens: records.map(tokenDocument) }, text)
  })
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
    .action((id: string, _options, command: Command) => revokeToken(host, id, command.optsWithGlobals()))
}

async function revokeToken({ io }: CommandHost, id: string, options: CommonOptions): Promise<void> {
  await withTokens(io, options, async ({ tokens }) => {
    const record = await tokens.revoke(id)
    const what = record.link === null ? 'The token' : 'The link, and the browser that it let in,'
    const text = `${what} is refused from now on, by servers that run too.`
    print(io, options.json, tokenDocument(record), text)
  })
}

interface RotateOptions extends CommonOptions {
  readonly revoke?: boolean
}

function addTokenRotate(token: Command, host: CommandHost): void {
  token
    .command('rotate')
    .description('signs with a new key from now on; tokens made before stay good until they expire')
    .option('--revoke', 'ends all tokens, links and signed-in browsers at once')
    .action((_options, command: Command) => rotateKey(host, command.optsWithGlobals()))
}

async function rotateKey({ io }: CommandHost, { revoke = false, ...options }: RotateOptions): Promise<void> {
  await withTokens(io, options, async ({ tokens }) => {
    const { kid, formerUntilMs, revoked } = await tokens.rotate(io.signal, { revoke })
    const until = formerUntilMs === null ? null : isoInstant(formerUntilMs)
    const former = revoke
      ? `All tokens and links made before (${revoked}), and the browsers that they let in, are refused from now on, by servers that run too.`
      : until === null
        ? 'No token made before is in use.'
        : `Tokens made before stay good until they expire, the last at ${until}.`
    const text = `A new key signs from now on; the one before can sign no more. ${former}`
    print(io, options.json, { key: kid, formerUntil: until, revoked }, text)
  })
}

interface LinkOptions extends CommonOptions {
  readonly scope: Scope
  readonly ttl: number
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
    .action((_options, command: Command) => makeLink(host, command.optsWithGlobals()))
}

async function makeLink({ io }: CommandHost, options: LinkOptions): Promise<void> {
  const { scope, ttl: ttlMs, json } = options
  await withTokens(io, options, async ({ tokens, dataDir }) => {
    const url = servedAt(dataDir)
    const { code, record } = await tokens.createLink({ scope, ttlMs })
    const link = `${url}/#code=${code}`
    const until = isoInstant(record.createdMs + ttlMs)
    if (json === true) return print(io, true, { link, openUntil: until, ...tokenDocument(record) }, '')
    io.stdout.write(`${link}\n`)
    say(io, `It works once, until ${until}, and gives scope ${scope}. Whoever has it first is let in.`)
    say(io, `jira-tpm token revoke ${record.id} ends it, and what it opened.`)
  })
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

interface TokenWork {
  readonly tokens: Tokens
  readonly dataDir: string
  readonly zone: string
}

/** Does `work` on the tokens of a workspace. Neither a Jira nor a store is opened. */
async function withTokens(
  io: CliIo,
  options: CommonOptions,
  work: (parts: TokenWork) => Promise<void>,
): Promise<void> {
  const { dataDir, zone } = configOf(io, options)
  await withLog(io, dataDir, async (log) => {
    // Loaded late: help and wrong flags are answered without its weight.
    const { createTokens } = await import('../../tokens/tokens.ts')
    await withAccessLog(io, dataDir, (accessLog) =>
      work({ tokens: createTokens({ dataDir, log, accessLog }), dataDir, zone }),
    )
  })
}
