import type { PostgresConfig } from '../config/config.ts'
import { failed, fine, warning, type StepOutcome } from '../runtime/steps.ts'
import { isDropped, missingMigrations, readMigrations } from '../store/migrate.ts'
import { quoted, SCHEMA, type StoreClient } from '../store/postgres/connection/client.ts'
import { reading } from '../store/postgres/connection/connection.ts'
import { serverNames } from '../store/postgres/connection/errors.ts'
import { migrationHistory, refuseForeign } from '../store/postgres/migrations.ts'

/** What the user may do with our schema and the tables in it. */
interface SchemaRights {
  readonly hasSchema: boolean
  readonly tables: readonly TableRights[]
  /** Whether it may change the tables, and make more of them. */
  readonly mayMigrate: boolean
}

interface TableRights {
  readonly name: string
  readonly owner: string
  readonly mayWrite: boolean
  readonly isOwner: boolean
}

interface DatabaseRights {
  readonly isStandby: boolean
  readonly isReadOnly: boolean
  readonly mayMakeSchema: boolean
  readonly hasSchema: boolean
  /** Null where there is no schema. */
  readonly mayUse: boolean | null
  readonly mayMakeTables: boolean | null
}

const DATABASE_RIGHTS = `
  SELECT pg_is_in_recovery() AS "isStandby", current_setting('transaction_read_only') = 'on' AS "isReadOnly",
         has_database_privilege(current_database(), 'CREATE') AS "mayMakeSchema", schema IS NOT NULL AS "hasSchema",
         has_schema_privilege(schema, 'USAGE') AS "mayUse", has_schema_privilege(schema, 'CREATE') AS "mayMakeTables"
  FROM (SELECT to_regnamespace('${SCHEMA}')::oid AS schema) AS ours`

const TABLE_RIGHTS = `
  SELECT relname AS "name", pg_get_userbyid(relowner) AS "owner", pg_has_role(relowner, 'USAGE') AS "isOwner",
         has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
           AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE') AS "mayWrite"
  FROM pg_class WHERE relnamespace = to_regnamespace('${SCHEMA}') AND relkind IN ('r', 'p') ORDER BY relname`

/** Whether the user may write: in tables that are there, or to make them. Throws as `refuseForeign`. */
export async function checkRights(
  config: PostgresConfig,
  client: StoreClient,
): Promise<StepOutcome<SchemaRights>> {
  const [database] = (await client.query<DatabaseRights>(DATABASE_RIGHTS)).rows
  const tables = (await client.query<TableRights>(TABLE_RIGHTS)).rows
  if (database === undefined) throw new Error('SELECT gave no row')
  const user = quoted(config.role ?? config.user)
  const problem = databaseProblem(database, config)
  if (problem !== null) return failed(problem)
  // Rights to another program's tables are nothing to ask for.
  await refuseForeign(reading(client.send), serverNames(config).label)
  const closed = tableProblem(database, tables, user)
  if (closed !== null) return failed(closed)
  const { hasSchema, mayMakeTables } = database
  const mayMigrate = !hasSchema || (mayMakeTables === true && tables.every(({ isOwner }) => isOwner))
  return fine(text(database, tables, config.role ?? config.user), { hasSchema, tables, mayMigrate })
}

interface Problem {
  readonly message: string
  readonly hint: string
}

function databaseProblem(
  { isStandby, isReadOnly, hasSchema, mayMakeSchema }: DatabaseRights,
  { user: own, role, database }: PostgresConfig,
): Problem | null {
  const user = role ?? own
  if (isStandby) {
    return {
      message: 'The server is a standby: it follows another one, and takes no writes.',
      hint: 'Give the address of the primary server.',
    }
  }
  if (isReadOnly) {
    return {
      message: `The server takes no writes from the user ${user}: default_transaction_read_only is on.`,
      hint: `Have it set back: ALTER ROLE ${quoted(user)} SET default_transaction_read_only = off;`,
    }
  }
  if (hasSchema || mayMakeSchema) return null
  return {
    message: `The user ${user} may not make the schema ${SCHEMA}, where our tables are to be.`,
    hint: `Have it made: CREATE SCHEMA ${SCHEMA} AUTHORIZATION ${quoted(user)}; — or allowed: GRANT CREATE ON DATABASE ${quoted(database)} TO ${quoted(user)};`,
  }
}

function tableProblem(
  { hasSchema, mayUse, mayMakeTables }: DatabaseRights,
  tables: readonly TableRights[],
  user: string,
): Problem | null {
  if (!hasSchema) return null
  if (mayUse !== true) {
    return {
      message: `The user may not use the schema ${SCHEMA}.`,
      hint: `Have it allowed: GRANT USAGE ON SCHEMA ${SCHEMA} TO ${user}; ${grantWrites(tables, user)}`,
    }
  }
  if (tables.length === 0 && mayMakeTables !== true) {
    return {
      message: `The user may not make tables in the schema ${SCHEMA}.`,
      hint: `Have it allowed: GRANT CREATE ON SCHEMA ${SCHEMA} TO ${user};`,
    }
  }
  const closed = tables.filter(({ mayWrite }) => !mayWrite).map(({ name }) => name)
  if (closed.length === 0) return null
  return {
    message: `The user may not read and write these tables of the schema ${SCHEMA}: ${closed.join(', ')}.`,
    hint: `Have it allowed: ${grantWrites(tables, user)}`,
  }
}

/** Also in tables that their owner makes later, with a newer version or after `drop-table`. */
function grantWrites(tables: readonly TableRights[], user: string): string {
  const writes = 'GRANT SELECT, INSERT, UPDATE, DELETE ON'
  const now = `${writes} ALL TABLES IN SCHEMA ${SCHEMA} TO ${user};`
  const owner = tables[0]?.owner
  if (owner === undefined) return now
  return `${now} ALTER DEFAULT PRIVILEGES FOR ROLE ${quoted(owner)} IN SCHEMA ${SCHEMA} ${writes} TABLES TO ${user};`
}

function text({ hasSchema }: DatabaseRights, tables: readonly TableRights[], user: string): string {
  if (!hasSchema) return `The user ${user} may make the schema ${SCHEMA}.`
  if (tables.length === 0) return `The user ${user} may make tables in the schema ${SCHEMA}.`
  const owner = tables.find(({ isOwner }) => !isOwner)?.owner
  const only =
    owner === undefined ? '' : ` Only their owner, ${owner}, may make them anew (drop-table, create-table).`
  return `The user ${user} may read and write the tables of the schema ${SCHEMA}.${only}`
}

/** How the tables compare with those that this program works with; true: it can use them as they are. Throws as `missingMigrations`. */
export async function checkTables(
  config: PostgresConfig,
  client: StoreClient,
  rights: SchemaRights,
): Promise<StepOutcome<boolean>> {
  const target = migrationHistory(reading(client.send), serverNames(config).label)
  const ours = readMigrations('postgres')
  const missing = await missingMigrations(target, ours)
  if (missing.length === ours.length) {
    return fine('There are no tables yet: they are made when this store is first used.', false)
  }
  if (missing.length > 0) return outdated(rights, config.role ?? config.user)
  if ((await target.applied()).some(isDropped)) {
    return warning(
      {
        message: 'The ticket tables were dropped.',
        hint: 'Make them anew with jira-tpm create-table, or Data, Create tables.',
      },
      false,
    )
  }
  return fine('The tables are there, and up to date.', true)
}

function outdated({ mayMigrate, tables }: SchemaRights, user: string): StepOutcome<false> {
  const older = 'The tables are those of an older version of Jira TPM'
  const owner = tables.find(({ isOwner }) => !isOwner)?.owner
  if (!mayMigrate) {
    const who = owner ?? 'a user who may make tables in their schema'
    return failed({
      message: `${older}, and only ${who} may bring them up to date.`,
      hint:
        owner === undefined
          ? 'Start Jira TPM once as such a user.'
          : `Start Jira TPM with this store once as ${who}, or GRANT ${quoted(owner)} TO ${quoted(user)};`,
    })
  }
  return warning(
    {
      message: `${older}: they are brought up to date when this store is first used.`,
      hint: 'Older versions of Jira TPM cannot use them from then on: have everybody who shares this store update.',
    },
    false,
  )
}
