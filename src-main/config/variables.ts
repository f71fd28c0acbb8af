/**
 * The variables that we read, and what each is. Of `.env` and `.auth`, which may serve other programs too, nothing else is
 * taken; and a `.env` may lie in a folder that somebody else made.
 *
 * `secret`: goes only where an address of its own source or a stronger one says, and may be in a file (`_FILE`).
 * `way`: says where a secret goes, or how well it is kept on the way (`secret-origins.ts`).
 * `given`: taken from what a person gives alone (environment, `--env-file`, flags): it opens the server, or says whose
 * certificates are believed.
 * `free`: from any source.
 */
const VARIABLES = {
  JIRA_URL: 'way',
  JIRA_USER: 'free',
  JIRA_API_KEY: 'secret',
  JIRA_TOKEN_EXPIRES: 'free',
  JIRA_PROJECT: 'free',
  JIRA_CA_FILE: 'given',
  JIRA_WATCH: 'free',
  JIRA_WATCH_FIELD: 'free',
  JIRA_TPM_DATA_DIR: 'way',
  JIRA_TPM_HOST: 'given',
  JIRA_TPM_PORT: 'free',
  JIRA_TPM_PUBLIC_URL: 'given',
  JIRA_TPM_BEHIND_PROXY: 'given',
  JIRA_TPM_TRUST_PROXY: 'given',
  JIRA_TPM_TLS_CERT_FILE: 'given',
  JIRA_TPM_TLS_KEY_FILE: 'given',
  JIRA_TPM_OPEN_METRICS: 'given',
  JIRA_TPM_ACCESS_LOG_STDOUT: 'given',
  DATABASE_URL: 'secret',
  PSQL_HOST: 'way',
  PSQL_PORT: 'way',
  PSQL_DB: 'free',
  PSQL_USER: 'free',
  PSQL_PW: 'secret',
  PSQL_SSLMODE: 'way',
  PSQL_PRIVATE_HOST: 'given',
  PSQL_CA_FILE: 'given',
  PSQL_ROLE: 'free',
  USE_VAULT: 'free',
  VAULT_ADDR: 'way',
  VAULT_PORT: 'way',
  VAULT_NAMESPACE: 'free',
  VAULT_CACERT: 'given',
  VAULT_ALLOW_HTTP: 'way',
  VAULT_REDIRECT_HOSTS: 'way',
  VAULT_TOKEN: 'secret',
  VAULT_TOKEN_FILE: 'given',
  VAULT_ROLE_ID: 'free',
  VAULT_SECRET_ID: 'secret',
  VAULT_APPROLE_MOUNT: 'free',
  VAULT_DB_ROLE: 'free',
  VAULT_DB_MOUNT: 'free',
  VAULT_KV_MOUNT: 'free',
  VAULT_KV_PATH: 'free',
} as const satisfies Record<string, 'secret' | 'way' | 'given' | 'free'>

export type Variable = keyof typeof VARIABLES
type Kind = (typeof VARIABLES)[Variable]
type OfKind<K extends Kind> = { [V in Variable]: (typeof VARIABLES)[V] extends K ? V : never }[Variable]

export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly Variable[]

export function variablesOf<K extends Kind>(kind: K): readonly OfKind<K>[] {
  return VARIABLE_NAMES.filter((name): name is OfKind<K> => VARIABLES[name] === kind)
}
