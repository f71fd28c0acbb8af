import type { Command } from 'commander'
import type { CommonOptions } from './common-options.ts'
import { isoInstant } from './instants.ts'
import { print, type CommandHost } from './io.ts'
import { withTokens } from './with-tokens.ts'

interface RotateOptions extends CommonOptions {
  readonly revoke?: boolean
}

export function addTokenRotate(token: Command, host: CommandHost): void {
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
