import type { Command } from 'commander'
import type { Client } from '../../../src-shared/contract/client.ts'
import { tickets } from '../../../src-shared/domain/sentences.ts'
import type { StoreConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-config.ts'
import { answered, askYes, refuseUnasked } from '../cli/ask.ts'
import { configOf, type CommonOptions } from '../cli/options.ts'
import { isoInstant } from '../cli/times.ts'
import { print, say, type CliIo, type CommandHost } from '../cli/io.ts'
import { coreAction, withApp } from '../cli/with-app.ts'

/** What goes into a file that stands in, or out of it, would be lost. */
const PRIMARY_STORE = { primaryStoreOnly: true } as const

export function addDropTable(program: Command, host: CommandHost): void {
  program
    .command('drop-table')
    .description('drops the fetched tickets and their counts; runs and Jira itself stay as they are')
    .option('--yes', 'do not ask')
    .action((_options, command: Command) => dropTable(host, command.optsWithGlobals()))
}

async function dropTable({ io }: CommandHost, options: CommonOptions & { yes?: boolean }): Promise<void> {
  const config = configOf(io, options)
  refuseUnasked(io, options.yes, {
    what: 'Dropping the tables',
    nothing: 'Nothing was dropped.',
    hint: 'Add --yes.',
  })
  if (options.yes !== true && !(await agrees(io, config.store))) return say(io, 'Nothing was dropped.')
  await withApp(
    io,
    config,
    async ({ client }) => {
      const result = await client.call('data.dropTables', { confirm: true })
      const text = result.dropped ? 'The ticket tables are dropped.' : 'There were no ticket tables.'
      print(io, options.json, result, text)
    },
    PRIMARY_STORE,
  )
}

async function agrees(io: CliIo, store: StoreConfig): Promise<boolean> {
  const message = `Drop the fetched tickets and their counts in ${storeName(store)}? They can be fetched again.`
  return answered(askYes(io, message), 'Nothing was dropped.')
}

/** A file by its whole path: which of several it is, its name does not say. */
export function storeName(store: StoreConfig): string {
  return store.kind === 'sqlite' ? store.file : `${storeLabel(store)}, for everyone who shares it`
}

export function addCreateTable(program: Command, host: CommandHost): void {
  program
    .command('create-table')
    .description('makes the ticket tables anew after drop-table (a new store has them)')
    .action(coreAction(host, ({ client, options }) => createTable(host.io, client, options), PRIMARY_STORE))
}

async function createTable(io: CliIo, client: Client, { json }: CommonOptions): Promise<void> {
  const result = await client.call('data.createTables', {})
  print(io, json, result, result.created ? 'The ticket tables are made.' : 'The ticket tables are there.')
}

export function addLoadSample(program: Command, host: CommandHost): void {
  program
    .command('load-sample')
    .description('stores the sample hour of tickets, to look at the charts without any Jira')
    .action(coreAction(host, ({ client, options }) => loadSample(host.io, client, options), PRIMARY_STORE))
}

async function loadSample(io: CliIo, client: Client, { json }: CommonOptions): Promise<void> {
  const { loaded, fromMs, toMs } = await client.call('data.loadSample', {})
  const document = { loaded, from: isoInstant(fromMs), to: isoInstant(toMs) }
  print(io, json, document, `${tickets(loaded)} loaded, from ${document.from} to ${document.to}.`)
}
