import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Config } from './config.ts'
import type { Origin, Settings } from './environment.ts'
import { variablesOf, type Variable as Name } from './variables.ts'

/** What says where a secret goes, or how well it is kept on the way. */
const WAYS = {
  JIRA_URL: ['JIRA_URL'],
  DATABASE_URL: ['DATABASE_URL'],
  PSQL_HOST: ['PSQL_HOST', 'PSQL_PORT', 'PSQL_SSLMODE'],
  vault: ['VAULT_ADDR', 'VAULT_PORT', 'VAULT_ALLOW_HTTP', 'VAULT_REDIRECT_HOSTS'],
} as const satisfies Record<string, readonly Name[]>

/**
 * A secret is used only with an address from the same source or a stronger one: a `.env` of the folder that one stands
 * in may be anybody's, and gets nothing of the real environment. Throws `not-configured`, naming both.
 */
export function refuseStraySecrets(settings: Settings, config: Config, isFolderFlag: boolean): void {
  const { variables } = settings
  const vaults = ['VAULT_TOKEN', 'VAULT_SECRET_ID'] as const
  const refuse = (secrets: readonly Name[], way: readonly Name[]): void =>
    refuseWeaker(settings, secrets, way)
  // The folder has a config.json with addresses, and the key that signs the dashboard's tokens.
  if (!isFolderFlag) refuse(variablesOf('secret'), ['JIRA_TPM_DATA_DIR'])
  if (config.vault !== null) refuse(vaults, WAYS.vault)
  const { jira, jiraFixedBy, store, storeFixedBy } = config
  if (jira.kind === 'site' && jiraFixedBy === 'JIRA_URL') {
    if (jira.token !== null) refuse(['JIRA_API_KEY'], WAYS.JIRA_URL)
    if (jira.tokenFrom === 'vault') refuse(vaults, WAYS.JIRA_URL)
  }
  if (store.kind !== 'postgres' || (storeFixedBy !== 'DATABASE_URL' && storeFixedBy !== 'PSQL_HOST')) return
  const way = WAYS[storeFixedBy]
  if (store.password !== null && store.password === variables.PSQL_PW) refuse(['PSQL_PW'], way)
  if (store.credentials === 'vault') refuse(vaults, way)
}

function refuseWeaker(
  { origins, variables }: Settings,
  secrets: readonly Name[],
  way: readonly Name[],
): void {
  const of = (names: readonly Name[]): [Name, Origin][] =>
    names.flatMap((name) => {
      const origin = variables[name] === undefined ? undefined : origins.get(name)
      return origin === undefined ? [] : [[name, origin]]
    })
  for (const [secret, strong] of of(secrets)) {
    const weak = of(way).find(([, origin]) => origin.rank < strong.rank)
    if (weak === undefined) continue
    const [address, { name, file }] = weak
    throw new AppError(
      'not-configured',
      `${secret} of ${strong.name} is not used with ${address} of ${name}: whoever wrote that file would say where it goes. Nothing was sent.`,
      {
        hint: `Set both in one place${file === null ? '' : `; if the file is yours, --env-file ${file} has it count as said by you`}.`,
      },
    )
  }
}
