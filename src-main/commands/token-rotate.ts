import type { Command } from 'commander'
import type { CommonOptions } from './common-options.ts'
import { isoInstant } from './instants.ts'
import { print, type CommandHost } from './io.ts'
import { withTokens } from './with-tokens.ts'

export function addTokenRotate(token: Command, host: CommandHost): void {
  token
    .command('rotate')
    .description('signs with a new key from now on; tokens made before stay good until they expire')
    .action((_options, command: Command) => rotateKey(host, command.optsWithGlobals()))
}

async function rotateKey({ io }: CommandHost, options: CommonOptions): Promise<void> {
  await withTokens(io, options, async ({ tokens }) => {
    const { kid, formerUntilMs } = await tokens.rotate(io.signal)
    const until = formerUntilMs === null ? null : isoInstant(formerUntilMs)
    const former =
      until === null
        ? 'No token made before is about.'
        : `Tokens made before stay good until they expire, the last at ${until}.`
    const text = `A new key signs from now on; the one before can sign no more. ${former}`
    print(io, options.json, { key: kid, formerUntil: until }, text)
  })
}
