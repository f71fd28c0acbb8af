interface PgbouncerSettings {
  readonly port: number
  /** A folder of its own. */
  readonly folder: string
  readonly mode: 'transaction' | 'session' | 'statement'
  /** The server that it leads to. */
  readonly server: { readonly host: string; readonly port: number }
  /** Connections to the server; default: PgBouncer's own, 20. */
  readonly poolSize?: number
  /** Further lines of the section `[pgbouncer]`. */
  readonly settings?: readonly string[]
}

/** pgbouncer.ini of one on 127.0.0.1 that asks nobody for a password. Its users are those of `users` in the folder. */
export function pgbouncerSettings(parts: PgbouncerSettings): string {
  const { port, folder, mode, server, poolSize = 20, settings = [] } = parts
  return [
    '[databases]',
    `* = host=${server.host} port=${server.port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    `unix_socket_dir = ${folder}`,
    'auth_type = trust',
    `auth_file = ${folder}/users`,
    `pool_mode = ${mode}`,
    `default_pool_size = ${poolSize}`,
    'max_client_conn = 500',
    'server_login_retry = 1',
    ...settings,
  ].join('\n')
}

/** What is in `users`. */
export const PGBOUNCER_USERS = '"postgres" ""\n'
