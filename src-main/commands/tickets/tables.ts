import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { tickets } from '../../../src-shared/domain/text/sentences.ts'
import type { StoreConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-config.ts'
import { answered, askYes, refuseUnasked } from '../cli/ask.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { say, type CliIo } from '../cli/io.ts'
import type { DROP_TABLE } from '../ticket-commands.ts'

export async function dropTable(call: CommandCall<'own-primary-core', typeof DROP_TABLE>): Promise<void> {
  const { io, options, open, print } = call
  const config = call.config()
  refuseUnasked(io, options.yes, {
    what: 'Dropping the tables',
    nothing: 'Nothing was dropped.',
    hint: 'Add --yes.',
  })
  if (options.yes !== true && !(await agrees(io, config.store))) return say(io, 'Nothing was dropped.')
  await open(config, async ({ client }) => {
    const result = await client.call('data.dropTables', { confirm: true })
    print(result, result.dropped ? 'The ticket tables are dropped.' : 'There were no ticket tables.')
  })
}

async function agrees(io: CliIo, store: StoreConfig): Promise<boolean> {
  const message = `Drop the fetched tickets and their counts in ${storeName(store)}? They can be fetched again.`
  return answered(askYes(io, message), 'Nothing was dropped.')
}

/** A file by its whole path: which of several it is, its name does not say. */
export function storeName(store: StoreConfig): string {
  return store.kind === 'sqlite' ? store.file : `${storeLabel(store)}, for everyone who shares it`
}

export async function createTable({ config, open, print }: CommandCall<'own-primary-core'>): Promise<void> {
  await open(config(), async ({ client }) => {
    const result = await client.call('data.createTables', {})
    print(result, result.created ? 'The ticket tables are made.' : 'The ticket tables are there.')
  })
}

export async function loadSample({ config, open, print }: CommandCall<'own-primary-core'>): Promise<void> {
  await open(config(), async ({ client }) => {
    const { loaded, fromMs, toMs } = await client.call('data.loadSample', {})
    const document = { loaded, from: isoInstant(fromMs), to: isoInstant(toMs) }
    print(document, `${tickets(loaded)} loaded, from ${document.from} to ${document.to}.`)
  })
}
