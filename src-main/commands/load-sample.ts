import type { Command } from 'commander'
import { configOf, type CommonOptions } from './common-options.ts'
import { isoInstant } from './instants.ts'
import { print, type CommandHost } from './io.ts'
import { tickets } from '../../src-shared/domain/ticket-count.ts'
import { withApp } from './with-app.ts'

export function addLoadSample(program: Command, host: CommandHost): void {
  program
    .command('load-sample')
    .description('stores the sample hour of tickets, to look at the charts without any Jira')
    .action((_options, command: Command) => loadSample(host, command.optsWithGlobals()))
}

async function loadSample({ io }: CommandHost, options: CommonOptions): Promise<void> {
  const config = configOf(io, options)
  await withApp(
    io,
    config,
    async ({ client }) => {
      const { loaded, fromMs, toMs } = await client.call('data.loadSample', {})
      const document = { loaded, from: isoInstant(fromMs), to: isoInstant(toMs) }
      print(io, options.json, document, `${tickets(loaded)} loaded, from ${document.from} to ${document.to}.`)
    },
    { setStoreOnly: true },
  )
}
