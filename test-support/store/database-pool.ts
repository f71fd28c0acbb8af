import { randomBytes } from 'node:crypto'
import { atFileEnd } from '../end.ts'
import { SCHEMA } from '../../src-main/store/postgres/connection/client.ts'
import { queryOnce, queryWith, type Query } from './postgres-query.ts'

export interface PoolServer {
  readonly host: string
  readonly port: number
  /** `18.4` */
  readonly version: string
  /** The database with our tables, and nothing in them, that every other one is a copy of. */
  readonly template: string
}

/** Databases with our tables and nothing in them. To empty one is a tenth of the work of making one. */
export type DatabasePool = ReturnType<typeof createDatabasePool>

/** They are gone when the file ends. */
export function createDatabasePool({ host, port, version, template }: PoolServer) {
  const free: string[] = []
  let templateShape: string | null = null
  const urlOf = (database: string): string => `postgres://postgres@${host}:${port}/${database}`
  const admin = (sql: string): Promise<unknown> => queryOnce(urlOf('postgres'), sql)
  const drop = (name: string): Promise<unknown> => admin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)

  const make = async (): Promise<string> => {
    const name = `test_${randomBytes(6).toString('hex')}`
    await admin(`CREATE DATABASE ${name} TEMPLATE ${template} ${copyStrategy(version)}`)
    templateShape ??= await queryWith(urlOf(name), shapeOf)
    atFileEnd(async () => {
      // This pool outlives the file, where the next one is run by the same worker.
      if (free.includes(name)) free.splice(free.indexOf(name), 1)
      await drop(name).catch(() => {}) // with a server of the file's own it is gone already
    })
    return name
  }
  return {
    /** The name of one that nobody else has. */
    take: async () => free.pop() ?? (await make()),
    /** Cuts all connections to it. It is used again, unless its tables are not those any more that it came with. */
    async giveBack(name: string) {
      const isEmptied = await queryWith(urlOf(name), async (query) => {
        await query(CUT_CONNECTIONS)
        if ((await shapeOf(query)) !== templateShape) return false
        await query(EMPTY)
        return true
      }).catch(() => false)
      if (isEmptied) free.push(name)
      else await drop(name)
    },
  }
}

/** Copying the files is faster than writing them to the log, where a server knows the choice. */
export function copyStrategy(version: string): string {
  return Number.parseInt(version) >= 15 ? 'STRATEGY file_copy' : ''
}

const CUT_CONNECTIONS = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`

/** What changes with every CREATE, DROP, ALTER and TRUNCATE of what is ours. */
async function shapeOf(query: Query): Promise<string> {
  const [row] = await query(
    `SELECT concat_ws(' ',
       (SELECT string_agg(concat_ws('/', oid, relname, relfilenode, relnatts, relrowsecurity, relacl), ' ' ORDER BY oid)
        FROM pg_class WHERE relnamespace = to_regnamespace('${SCHEMA}') OR relnamespace = 'public'::regnamespace),
       (SELECT string_agg(concat_ws('/', oid, nspname, nspacl), ' ' ORDER BY oid) FROM pg_namespace WHERE nspname !~ '^pg_'),
       (SELECT string_agg(concat_ws('/', attrelid, attnum, attname, atttypid, attnotnull), ' ' ORDER BY attrelid, attnum)
        FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid WHERE relnamespace = to_regnamespace('${SCHEMA}')),
       (SELECT string_agg(oid::text, ' ' ORDER BY oid) FROM pg_constraint WHERE oid >= 16384),
       (SELECT string_agg(oid::text, ' ' ORDER BY oid) FROM pg_trigger WHERE oid >= 16384),
       (SELECT string_agg(oid::text, ' ' ORDER BY oid) FROM pg_proc WHERE oid >= 16384),
       (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase =
          (SELECT oid FROM pg_database WHERE datname = current_database())),
       (SELECT string_agg(concat_ws('/', number, part), ' ' ORDER BY number, part) FROM ${SCHEMA}.migrations)) AS shape`,
  )
  return String(row?.['shape'])
}

/** No trigger and no foreign key has a say in it. */
const EMPTY = `DO $$
DECLARE ours regclass;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR ours IN SELECT oid FROM pg_class
    WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'migrations'
  LOOP EXECUTE format('DELETE FROM %s', ours); END LOOP;
END $$`
