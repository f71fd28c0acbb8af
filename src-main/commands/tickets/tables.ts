import type { Command } from 'commander'
import { tickets } from '../../../src-shared/domain/sentences.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { StoreConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-config.ts'
import { answered, askYes } from '../cli/ask.ts'
import { configOf, type CommonOptions } from '../cli/options.ts'
import { isoInstant } from '../cli/times.ts'
import { print, say, type CliIo, type CommandHost } from '../cli/io.ts'
import { withApp } from '../cli/with-app.ts'

interface DropOptions extends CommonOptions {
  readonly yes?: boolean
}

export function addDropTable(program: Command, host: CommandHost): void {
  program
    .command('drop-table')
    .description('drops the fetched tickets and their counts; runs and Jira itself stay as they are')
    .option('--yes', 'do not ask')
    .action((_options, command: Command) => dropTable(host, command.optsWithGlobals()))
}

async function dropTable({ io }: CommandHost, options: DropOptions): Promise<void> {
  const config = configOf(io, options)
  if (options.yes !== true && !(await agrees(io, config.store))) {
    say(io, 'Nothing was dropped.')
    return
  }
  await withApp(
    io,
    config,
    async ({ client }) => {
      const result = await client.call('data.dropTables', { confirm: true })
      const text = result.dropped ? 'The ticket tables are dropped.' : 'There were no ticket tables.'
      print(io, options.json, result, text)
    },
    { primaryStoreOnly: true },
  )
}

async function agrees(io: CliIo, store: StoreConfig): Promise<boolean> {
  if (!io.isTTY) {
    throw new AppError('usage', 'Dropping the tables needs a yes, and there is no terminal to ask at.', {
      consequence: 'Nothing was dropped.',
      hint: 'Add --yes.',
    })
  }
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
    { primaryStoreOnly: true },
  )
}

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
    { primaryStoreOnly: true },
  )
}
