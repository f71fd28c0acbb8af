import type { Client } from 'pg'
import type { PostgresConfig } from '../config/config.ts'
import { missingMigrations, readMigrations } from '../store/migrate.ts'
import { quoted } from '../store/postgres/connection/client.ts'
import { migrationHistory } from '../store/postgres/migrations.ts'
import { serverNames } from '../store/postgres/connection/connection-errors.ts'
import { failed, fine, warning, type Outcome } from '../runtime/steps.ts'
import { reader } from './reader.ts'
import type { SchemaRights } from './rights-step.ts'

/** How the tables compare with those that this program works with. Throws as `missingMigrations`. */
export async function checkTables(
  config: PostgresConfig,
  client: Client,
  rights: SchemaRights,
): Promise<Outcome<true>> {
  const target = migrationHistory(reader(client), serverNames(config).label)
  const ours = readMigrations('postgres')
  const missing = await missingMigrations(target, ours)
  if (missing.length === ours.length) {
    return fine('There are no tables yet: they are made when this store is first used.', true)
  }
  if (missing.length > 0) return outdated(rights, config.role ?? config.user)
  if (await target.droppedByPerson()) {
    return warning(
      {
        message: 'The ticket tables were dropped.',
        hint: 'Make them anew with jira-tpm create-table, or Data, Create tables.',
      },
      true,
    )
  }
  return fine('The tables are there, and up to date.', true)
}

function outdated({ mayMigrate, tables }: SchemaRights, user: string): Outcome<true> {
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
    true,
  )
}
