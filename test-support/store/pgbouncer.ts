import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import path from 'node:path'
import type { PoolerConfig, PostgresConfig } from '../../src-main/config/config.ts'
import { atEnd } from '../end.ts'
import { freePort } from '../free-port.ts'
import { PGBOUNCER, whyNoPgbouncer } from './pgbouncer-bin.ts'
import { give, makeServerFolder, serverAccount } from './postgres-account.ts'

interface PgbouncerOptions {
  readonly mode: 'transaction' | 'session' | 'statement'
  /** Connections to the server; default: PgBouncer's own, 20. */
  readonly poolSize?: number
  /** Further lines of the section `[pgbouncer]`. */
  readonly settings?: readonly string[]
}

/** A real PgBouncer on 127.0.0.1 before these databases' server, or that which it is `led` to. It ends with the test. */
export async function startPgbouncer(
  to: PostgresConfig,
  { mode, poolSize = 20, settings = [] }: PgbouncerOptions,
) {
  const program = PGBOUNCER
  if (program === undefined) throw new Error(whyNoPgbouncer() ?? '')
  const account = serverAccount()
  const folder = makeServerFolder(account)
  const port = await freePort()
  const file = path.join(folder, 'pgbouncer.ini')
  const lead = (server: Pick<PostgresConfig, 'host' | 'port'>): void => {
    const lines = [
      '[databases]',
      `* = host=${server.host} port=${server.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      `unix_socket_dir = ${folder}`,
      'auth_type = trust',
      `auth_file = ${path.join(folder, 'users')}`,
      `pool_mode = ${mode}`,
      `default_pool_size = ${poolSize}`,
      'max_client_conn = 500',
      'server_login_retry = 1',
      ...settings,
    ]
    writeFileSync(file, lines.join('\n'))
    give(file, account)
  }
  lead(to)
  writeFileSync(path.join(folder, 'users'), '"postgres" ""\n')
  let said = ''
  const start = async () => {
    const child = spawn(program, [file], { ...account, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (said += text.toString()))
    while (!(await answers(port))) {
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

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
