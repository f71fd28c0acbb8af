import type { Command } from 'commander'
import { configOf, type CommonOptions } from './common-options.ts'
import { print, repeatFlags, type CommandHost } from './io.ts'
import { standingDocument, standingText } from './run-document.ts'
import { withApp } from './with-app.ts'

export function addPause(program: Command, host: CommandHost): void {
  program
    .command('pause')
    .description(
      'pauses the run under way, whichever process works on it; what was sent gets its outcome first',
    )
    .action((_options, command: Command) => pause(host, command.optsWithGlobals()))
}

async function pause({ io }: CommandHost, options: CommonOptions): Promise<void> {
  await withApp(io, configOf(io, options), async ({ client }) => {
    const run = await client.call('runs.pause', {})
    print(io, options.json, standingDocument(run), repeatFlags(io, standingText(run)))
  })
}
