import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { userInfo } from 'node:os'
import { openAlone } from '../../app/stored.ts'
import { machineClock } from '../../runtime/clock.ts'
import { textTable, type TableColumn } from '../../print/text-table.ts'
import { wallTime } from '../../print/wall-clock.ts'
import type { Config } from '../../config/config.ts'
import { DISPLAY_TTL_MS, LINK_TTL_MS } from '../../tokens/lifetimes.ts'
import type { TokenRecord } from '../../store/access/records.ts'
import { createAccessBook, sourceOf } from '../../tokens/access-book.ts'
import { createTokens, linkTo, type Tokens } from '../../tokens/tokens.ts'
import { servedUrl } from '../../workspace/instance.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { say } from '../cli/io.ts'
import type { TOKEN_CREATE, TOKEN_LINK, TOKEN_REVOKE, TOKEN_ROTATE } from '../workspace-commands.ts'

/** The secret alone goes to stdout, never wrapped: so it can be put into a variable or a file. */
function printSecret(
  { io, options, print }: CommandCall,
  secret: string,
  document: Record<string, unknown>,
  sentences: readonly string[],
): void {
  if (options.json === true) return print(document, '')
  io.stdout.write(`${secret}\n`)
  for (const sentence of sentences) say(io, sentence)
}

export async function createToken(call: CommandCall<'access-log', typeof TOKEN_CREATE>): Promise<void> {
  const { scope, ttl: ttlMs, name = userInfo().username } = call.options
  await withTokens(call, async (tokens) => {
    const { token, record } = await tokens.create({ scope, ttlMs, name }, call.io.signal)
    const until = isoInstant(record.expiresMs)
    printSecret(call, token, { token, ...tokenDocument(record) }, [
      `This token of scope ${scope} is good until ${until}. It is shown this once: keep it as a password.`,
      `jira-tpm token revoke ${record.id} ends it before that.`,
    ])
  })
}

export async function listTokens(call: CommandCall<'access-log'>): Promise<void> {
  const { io, print } = call
  await withTokens(call, async (tokens, { zone }) => {
    const records = await tokens.list()
    const { lines } = textTable(records, columnsIn(zone), io.stdoutIsTTY ? io.columns : null)
    const text = records.length === 0 ? 'There is no token that has not expired.' : lines.join('\n')
    print({ tokens: records.map(tokenDocument) }, text)
  })
}

function columnsIn(zone: string): readonly TableColumn<TokenRecord>[] {
  return [
    { title: 'id', of: ({ id }) => id },
    { title: 'scope', of: ({ scope }) => scope },
    { title: 'state', of: tokenState },
    { title: 'expires', giveUp: 2, of: ({ expiresMs }) => wallTime(expiresMs, zone) },
    {
      title: 'last used',
      giveUp: 4,
      of: ({ usedMs }) => (usedMs === null ? 'never' : wallTime(usedMs, zone)),
    },
    { title: 'made', giveUp: 3, of: ({ createdMs }) => wallTime(createdMs, zone) },
    { title: 'name', giveUp: 1, of: ({ name }) => name },
  ]
}

export async function revokeToken(call: CommandCall<'access-log', typeof TOKEN_REVOKE>): Promise<void> {
  await withTokens(call, async (tokens) => {
    const record = await tokens.revoke(call.options.id)
    const what =
      record.link === null || record.loginMs !== null
        ? 'The token'
        : 'The link, and each browser that it let in,'
    call.print(tokenDocument(record), `${what} is refused from now on, by servers that run too.`)
  })
}

export async function rotateKey(call: CommandCall<'access-log', typeof TOKEN_ROTATE>): Promise<void> {
  const { revoke = false } = call.options
  await withTokens(call, async (tokens) => {
    const { kid, formerUntilMs, revoked } = await tokens.rotate(call.io.signal, { revoke })
    const until = formerUntilMs === null ? null : isoInstant(formerUntilMs)
    const former = revoke
      ? `All tokens and links made before (${revoked}), and the browsers that they let in, are refused from now on, by servers that run too.`
      : until === null
        ? 'No token made before is in use.'
        : `Tokens made before stay good until they expire, the last at ${until}.`
    const text = `A new key signs from now on; the one before can sign no more. ${former}`
    call.print({ key: kid, formerUntil: until, revoked }, text)
  })
}

export async function createLink(call: CommandCall<'access-log', typeof TOKEN_LINK>): Promise<void> {
  const { scope, name } = call.options
  const isScreen = scope === 'display'
  const { ttl: ttlMs = isScreen ? DISPLAY_TTL_MS : LINK_TTL_MS } = call.options
  await withTokens(call, async (tokens, { dataDir }) => {
    const url = servedUrl(dataDir)
    const { code, record } = await tokens.createLink({ scope, ttlMs, name })
    const link = linkTo(url, { code, scope })
    const until = isoInstant(record.createdMs + ttlMs)
    const what = isScreen
      ? `It opens the TV view, as often as the screen is started, until ${until}: counts and the newest keys, nothing else. Keep it as a password.`
      : `It works once, until ${until}, and gives scope ${scope}: to a browser that opens it, or to a program, by jira-tpm login and the link. Whoever has it first is let in.`
    printSecret(call, link, { link, openUntil: until, ...tokenDocument(record) }, [
      what,
      `jira-tpm token revoke ${record.id} ends it, and what it opened.`,
    ])
  })
}

/** How a token or a link stands: as `token list` shows it in JSON. The token itself is in no list. */
function tokenDocument(record: TokenRecord): Record<string, unknown> {
  const { id, link, loginMs, scope, name, createdMs, expiresMs, revokedMs, usedMs } = record
  return {
    id,
    kind: link === null ? 'token' : loginMs !== null ? 'login' : scope === 'display' ? 'screen' : 'link',
    scope,
    name,
    state: tokenState(record),
    created: isoInstant(createdMs),
    expires: isoInstant(expiresMs),
    revoked: revokedMs === null ? null : isoInstant(revokedMs),
    used: usedMs === null ? null : isoInstant(usedMs),
  }
}

/** Of what has not expired. A link that was opened has a browser's session, which lasts until it expires. */
function tokenState({ link, loginMs, revokedMs }: TokenRecord): 'good' | 'revoked' | 'opened' | 'not opened' {
  if (revokedMs !== null) return 'revoked'
  if (link === null || loginMs !== null) return 'good'
  return link.spentMs === null ? 'not opened' : 'opened'
}

/** Does `work` on the tokens of the store that is set. No Jira is opened. Throws `store-unavailable`. */
async function withTokens(
  { config: configOf, open, io }: CommandCall<'access-log'>,
  work: (tokens: Tokens, config: Config) => Promise<void>,
): Promise<void> {
  const config = configOf()
  const { dataDir } = config
  await open(config, async ({ log, accessLog }) => {
    const { store, close } = await openAlone(config, { clock: machineClock, log, signal: io.signal })
    const book = createAccessBook({ source: sourceOf(store), dataDir, log })
    try {
      await work(createTokens({ book, log, accessLog }), config)
    } finally {
      book.close()
      await close()
    }
  })
}
