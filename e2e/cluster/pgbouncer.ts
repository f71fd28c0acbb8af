import { listens } from '../../test-support/listens.ts'
import { PGBOUNCER_USERS, pgbouncerSettings } from '../../test-support/store/pgbouncer-settings.ts'
import type { Machine } from './machine.ts'
import { until } from './until.ts'

/** Starts PgBouncer in transaction mode at a port, before what leads to the primary; resolves when it listens. */
export async function startPgbouncer(
  machine: Machine,
  program: string,
  { port, leadsTo }: { readonly port: number; readonly leadsTo: number },
): Promise<void> {
  machine.write('users', PGBOUNCER_USERS)
  const server = { host: '127.0.0.1', port: leadsTo }
  const settings = pgbouncerSettings({ port, folder: machine.folder, mode: 'transaction', server })
  machine.start('pgbouncer', program, [machine.write('pgbouncer.ini', settings)])
  await until('PgBouncer listens', () => listens(port), { said: () => machine.said('pgbouncer') })
}
