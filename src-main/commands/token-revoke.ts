import type { Command } from 'commander'
import type { CommonOptions } from './common-options.ts'
import { print, type CommandHost } from './io.ts'
import { tokenDocument } from './token-document.ts'
import { withTokens } from './with-tokens.ts'

export function addTokenRevoke(token: Command, host: CommandHost): void {
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
