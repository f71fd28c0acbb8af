import Database from 'better-sqlite3'
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import type { StoreConfig } from '../../src-main/config/config.ts'
import { atEnd, testFolder } from '../end.ts'
import { give, serverAccount } from './postgres-account.ts'
import { findPostgres } from './postgres-bin.ts'
import { testConfig } from './postgres-config.ts'
import { queryOnce } from './postgres-query.ts'
import { startPostgres } from './postgres.ts'

const run = promisify(execFile)

/** A store that is backed up and restored as docs/backup.md says, gone when the test ends. */
export interface RestorableStore {
  readonly config: StoreConfig
  /** As it is now. */
  backUp(): Promise<void>
  /** Of a file, while no program has it open. */
  restore(): Promise<void>
}

/** npm's PostgreSQL comes without pg_dump, pg_restore and pg_basebackup; Debian's has them. */
const system = findPostgres(15)
export const hasBackupPrograms = system !== null && existsSync(path.join(system.bin, 'pg_basebackup'))
export const NO_PROGRAMS = 'THERE IS NO PostgreSQL 15 WITH pg_dump AND pg_basebackup HERE'

export function restorableFile(folder = testFolder()): RestorableStore {
  const file = path.join(folder, 'tpm.sqlite')
  const backup = path.join(testFolder(), 'backup.sqlite')
  return {
    config: { kind: 'sqlite', file },
    async backUp() {
      rmSync(backup, { force: true })
      const db = new Database(file)
      db.prepare('VACUUM INTO ?').run(backup)
      db.close()
    },
    async restore() {
      for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
      copyFileSync(backup, file)
    },
  }
}

const DATABASE = 'jira_tpm'

/** Restored beside the one in use, which it then takes the place of: under instances that have it open all the while. */
export async function restorableDump(): Promise<RestorableStore> {
  const server = await startPostgres({ bin: system?.bin ?? '' })
  atEnd(() => server.stop())
  const { host, port } = server
  const dump = path.join(testFolder(), 'jira_tpm.dump')
  const program = (name: string, ...args: string[]) =>
    run(path.join(system?.bin ?? '', name), ['-h', host, '-p', String(port), '-U', 'postgres', ...args])
  const sql = (text: string) => queryOnce(server.url(), text)
  await sql(`CREATE DATABASE ${DATABASE}`)
  return {
    config: testConfig({ host, port, database: DATABASE }),
    backUp: async () => void (await program('pg_dump', '-Fc', '-f', dump, DATABASE)),
    async restore() {
      await program('createdb', '-T', 'template0', 'restored')
      await program('pg_restore', '--exit-on-error', '-d', 'restored', dump)
      await sql(`ALTER DATABASE ${DATABASE} ALLOW_CONNECTIONS false`)
      await sql(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${DATABASE}'`)
      await sql(`ALTER DATABASE ${DATABASE} RENAME TO lost`)
      await sql(`ALTER DATABASE restored RENAME TO ${DATABASE}`)
    },
  }
}

/** To a point in time: a base backup, and the log that was archived since. */
export async function restorableCluster(): Promise<RestorableStore> {
  const bin = system?.bin ?? ''
  const account = serverAccount()
  const options = { bin, durable: true }
  const server = await startPostgres(options)
  atEnd(() => server.stop())
  const { host, port } = server
  const [archive, base] = ['archive', 'base'].map((name) => path.join(server.socketDir, name))
  if (archive === undefined || base === undefined) throw new Error('two folders')
  mkdirSync(archive)
  give(archive, account)
  await server.restart({ archive_mode: 'on', archive_command: `cp %p ${archive}/%f`, archive_timeout: 1 })
  await queryOnce(server.url(), `CREATE DATABASE ${DATABASE}`)
  const where = ['-h', host, '-p', String(port), '-U', 'postgres']
  let target = ''
  return {
    config: testConfig({ host, port, database: DATABASE }),
    async backUp() {
      const args = [...where, '-D', base, '--checkpoint=fast', '-X', 'none']
      await run(path.join(bin, 'pg_basebackup'), args, { ...account, cwd: server.socketDir })
      const [row] = await queryOnce(server.url(), 'SELECT CAST(clock_timestamp() AS TEXT) AS now')
      target = String(row?.['now'])
    },
    async restore() {
      await queryOnce(server.url(), 'SELECT pg_switch_wal()')
      await server.shutDown()
      writeFileSync(path.join(base, 'recovery.signal'), '')
      give(path.join(base, 'recovery.signal'), account)
      const restored = await startPostgres({
        ...options,
        port,
        dataDir: base,
        settings: {
          restore_command: `cp ${archive}/%f %p`,
          recovery_target_time: target,
          recovery_target_action: 'promote',
        },
      })
      atEnd(() => restored.stop())
    },
  }
}
