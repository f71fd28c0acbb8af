import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import path from 'node:path'
import type { PoolerConfig, PostgresConfig } from '../../src-main/config/config.ts'
import { atEnd } from '../end.ts'
import { freePort } from '../free-port.ts'
import { listens } from '../listens.ts'
import { PGBOUNCER, whyNoPgbouncer } from './pgbouncer-bin.ts'
import { PGBOUNCER_USERS, pgbouncerSettings } from './pgbouncer-settings.ts'
import { give, makeServerFolder, serverAccount } from './postgres-account.ts'

type PgbouncerOptions = Pick<Parameters<typeof pgbouncerSettings>[0], 'mode' | 'poolSize' | 'settings'>

/** A real PgBouncer on 127.0.0.1 before these databases' server, or that which it is `led` to. It ends with the test. */
export async function startPgbouncer(to: PostgresConfig, options: PgbouncerOptions) {
  const program = PGBOUNCER
  if (program === undefined) throw new Error(whyNoPgbouncer() ?? '')
  const account = serverAccount()
  const folder = makeServerFolder(account)
  const port = await freePort()
  const file = path.join(folder, 'pgbouncer.ini')
  const lead = (server: Pick<PostgresConfig, 'host' | 'port'>): void => {
    writeFileSync(file, pgbouncerSettings({ ...options, port, folder, server }))
    give(file, account)
  }
  lead(to)
  writeFileSync(path.join(folder, 'users'), PGBOUNCER_USERS)
  let said = ''
  const start = async () => {
    const child = spawn(program, [file], { ...account, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (said += text.toString()))
    while (!(await listens(port))) {
      if (child.exitCode !== null) throw new Error(`PgBouncer has ended: ${said}`)
      await delay(20)
    }
    return child
  }
  let child = await start()
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit')
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await ended
  }
  atEnd(async () => {
    await stop()
    rmSync(folder, { recursive: true })
  })
  const place: PoolerConfig = { host: '127.0.0.1', port, database: to.database, tls: 'disable', caFile: null }
  return {
    place,
    url: `postgres://postgres@127.0.0.1:${port}/${to.database}`,
    /** `to` itself, with this before it. */
    config: { ...to, pooler: place } satisfies PostgresConfig,
    /** As if its address were all that is known. */
    alone: { ...to, ...place } satisfies PostgresConfig,
    said: () => said,
    stop,
    /** It leads to that server from here on. */
    async restart(server: Pick<PostgresConfig, 'host' | 'port'> = to) {
      await stop()
      lead(server)
      child = await start()
    },
  }
}
