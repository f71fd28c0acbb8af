import type { Command } from 'commander'
import { configOf, type CommonOptions } from './common-options.ts'
import { print, type CommandHost } from './io.ts'
import { withApp } from './with-app.ts'

export function addCreateTable(program: Command, host: CommandHost): void {
  program
    .command('create-table')
    .description('makes the ticket tables anew after drop-table (a new store has them)')
    .action((_options, command: Command) => createTable(host, command.optsWithGlobals()))
}

async function createTable({ io }: CommandHost, options: CommonOptions): Promise<void> {
  const config = configOf(io, options)
  await withApp(
    io,
    config,
    async ({ client }) => {
      const result = await client.call('data.createTables', {})
      const text = result.created ? 'The ticket tables are made.' : 'The ticket tables are there.'
      print(io, options.json, result, text)
    },
    { setStoreOnly: true },
  )
}
