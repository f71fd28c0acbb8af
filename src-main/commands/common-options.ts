import type { Command } from 'commander'
import type { Config, SandboxConfig } from '../config/config.ts'
import { readConfig, resolveConfig, type ConfigSources } from '../config/read-config.ts'
import type { CliIo } from './io.ts'

/** What every command takes, before or after its name. */
export interface CommonOptions {
  readonly jira?: string
  readonly project?: string
  readonly store?: string
  readonly fallback?: string
  readonly dataDir?: string
  readonly json?: boolean
}

export function addCommonOptions(program: Command): void {
  program
    .option('--jira <target>', 'which Jira: sandbox, or a URL (default: JIRA_URL, else sandbox)')
    .option('--project <key>', 'one project (default: every project that the account sees)')
    .option(
      '--store <store>',
      'where tickets are kept: sqlite:FILE or postgres://user@host:port/database (default: DATABASE_URL, PSQL_HOST, what use-store chose, else tpm.sqlite in the data folder)',
    )
    .option(
      '--fallback <store>',
      'sqlite: goes on with a file, filled from Jira, while the PostgreSQL server is out of reach (default: none)',
    )
    .option('--data-dir <folder>', "the data folder (default: the platform's own)")
    .option('--json', 'one JSON document on stdout and nothing else; instants in ISO 8601 UTC')
}

/** The configuration of this call. Makes the data folder. Throws `usage`, `not-configured`, `folder-not-writable`. */
export function configOf(io: CliIo, options: CommonOptions, sandbox?: Partial<SandboxConfig>): Config {
  return readConfig(sources(io, options, sandbox))
}

/** As `configOf`, for a command that touches nothing. */
export function resolvedConfigOf(io: CliIo, options: CommonOptions): Config {
  return resolveConfig(sources(io, options))
}

function sources(io: CliIo, options: CommonOptions, sandbox?: Partial<SandboxConfig>): ConfigSources {
  const { jira, project, store, fallback, dataDir } = options
  return { flags: { jira, project, store, fallback, dataDir, sandbox }, env: io.env, cwd: io.cwd }
}
