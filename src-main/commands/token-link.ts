import type { Command } from 'commander'
import type { Scope } from '../../src-shared/contract/scopes.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { MAX_TTL_MS, MIN_TTL_MS } from '../tokens/claims.ts'
import { LINK_TTL_MS } from '../tokens/links.ts'
import { runningInstances } from '../workspace/instance.ts'
import type { CommonOptions } from './common-options.ts'
import { duration } from './duration-flag.ts'
import { isoInstant } from './instants.ts'
import { print, say, type CommandHost } from './io.ts'
import { SCOPE_HELP, scopeFlag } from './scope-flag.ts'
import { tokenDocument } from './token-document.ts'
import { withTokens } from './with-tokens.ts'

interface LinkOptions extends CommonOptions {
  readonly scope: Scope
  readonly ttl: number
}

export function addTokenLink(token: Command, host: CommandHost): void {
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
  throw new AppError('not-found', 'No dashboard of this data folder is served now. No link was made.', {
    hint: 'Start it with jira-tpm serve or plot-data.',
  })
}
