import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { Scope } from '../../src-shared/contract/scopes.ts'
import { MAX_TTL_MS, MIN_TTL_MS } from '../tokens/claims.ts'
import type { CommonOptions } from './common-options.ts'
import { duration } from './duration-flag.ts'
import { isoInstant } from './instants.ts'
import { print, say, type CommandHost } from './io.ts'
import { SCOPE_HELP, scopeFlag } from './scope-flag.ts'
import { tokenDocument } from './token-document.ts'
import { withTokens } from './with-tokens.ts'

interface CreateOptions extends CommonOptions {
  readonly scope: Scope
  readonly ttl: number
  readonly name?: string
}

const DEFAULT_TTL_MS = 8 * 3_600_000

export function addTokenCreate(token: Command, host: CommandHost): void {
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
