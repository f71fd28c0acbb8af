/** A server as the configuration has it, of which only the address is said. */
export const EXAMPLE_SERVER = {
  kind: 'postgres',
  host: 'db.example.com',
  port: 5432,
  database: 'jira_tpm',
  user: 'me',
  password: null,
  tls: 'verify-full',
  caFile: null,
} as const
