import { storeName } from '../drop-table.ts'
import { agrees } from './question.ts'
import { tellDone, tell } from './tell.ts'
import type { MenuWorld } from './world.ts'

/** Makes the ticket tables anew. */
export async function createTableItem({ io, client }: MenuWorld): Promise<void> {
  const { created } = await client.call('data.createTables', {})
  tellDone(
    io,
    created ? 'The ticket tables are made. They fill again from Jira.' : 'The ticket tables are there.',
  )
}

/** Drops the ticket tables, after a yes. */
export async function dropTableItem({ io, client, config }: MenuWorld): Promise<void> {
  const { insteadOf } = await client.call('store.status', {})
  const where =
    insteadOf === null ? storeName(config.store) : `the file that stands in for ${insteadOf.label}`
  const question = `Drop the fetched tickets and their counts in ${where}? They can be fetched again.`
  if (!(await agrees(io, question))) return tell(io, 'Nothing was dropped.')
  const { dropped } = await client.call('data.dropTables', { confirm: true })
  tellDone(
    io,
    dropped ? 'The ticket tables are dropped. Create table makes them anew.' : 'There were no ticket tables.',
  )
}
