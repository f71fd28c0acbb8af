import { listens } from '../../test-support/listens.ts'
import type { Machine, Running } from './machine.ts'
import { until } from './until.ts'

/** A server of PostgreSQL, and where the Patroni beside it answers. */
interface Database {
  readonly name: string
  readonly port: number
  readonly restPort: number
}

/** What docs/scale.md gives: whoever connects is led to the primary, as Patroni says which that is. */
export function leadToPrimary(port: number, databases: readonly Database[]): string {
  return `defaults
  mode tcp
  retries 0
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout check 2s

listen primary
  bind 127.0.0.1:${port}
  option httpchk GET /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${databases.map(({ name, port: to, restPort }) => `  server ${name} 127.0.0.1:${to} check port ${restPort}`).join('\n')}
`
}

/** Starts one; resolves when it listens at that port. */
export async function startHaproxy(
  machine: Machine,
  program: string,
  { name, config, port }: { readonly name: string; readonly config: string; readonly port: number },
): Promise<Running> {
  const file = machine.write(`${name}.cfg`, config)
  const running = machine.start(name, program, ['-db', '-f', file])
  await until(`${name} listens`, () => listens(port), { said: () => machine.said(name) })
  return running
}
