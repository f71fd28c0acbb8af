import { defineConfig } from 'vitest/config'
import { whyNoPostgres } from './src-main/store/testing-postgres-bin.ts'

const long = Boolean(process.env['JIRA_TPM_LONG'])

/** What needs a PostgreSQL server, and runs nowhere else. */
const NEEDS_POSTGRES = ['src-main/store/postgres/**/*.test.ts', 'src-main/**/*.postgres.test.ts']

/** What uses a store: it runs on SQLite, and once more on PostgreSQL. */
const ON_BOTH = [
  'src-main/{audit,clean-up,generator,live,sample,sync}/**/*.test.ts',
  'src-main/transfer/{import,export}-tickets.test.ts',
  'src-main/transfer/{memory,round-trip}.test.ts',
  'src-main/{lease,lease-takeover,with-lease,real-jira,shared-store}.test.ts',
  'src-main/commands/{audit,clean-up,import-export,journey,left-tickets,real-run,resume}.test.ts',
]
/** Pure functions among them. */
const WITHOUT_STORE = [
  'src-main/generator/{pacer,ticket-text}.test.ts',
  'src-main/live/paced.test.ts',
  'src-main/sync/{believed-jira,failure-policy,first-sights,identity-proof,in-groups,index-lag}.test.ts',
  'src-main/sync/{jql,own-tickets,pass-loop,piece-plan,walk-pages}.test.ts',
]

/** Long, and the other kind of Jira is tested on both: it needs no second store, but in the long run. */
const ONCE = long ? [] : ['src-main/sync/matrix-data-center.test.ts']

const noPostgres = whyNoPostgres()
if (noPostgres !== null) {
  console.error(`\nNOTHING IS TESTED ON POSTGRESQL, which a team's store is: ${noPostgres}.\n`)
}

export default defineConfig({
  test: {
    pool: 'forks',
    setupFiles: ['scripts/vitest-setup.mjs'],
    testTimeout: long ? 900_000 : 20_000,
    hookTimeout: 30_000,
    // Real servers, files and clocks: two at a time is what two cores carry.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'sqlite', include: ['src-*/**/*.test.ts'], exclude: NEEDS_POSTGRES },
      },
      ...(noPostgres === null ? [postgresProject()] : []),
    ],
  },
})

function postgresProject() {
  return {
    extends: true as const,
    test: {
      name: 'postgres',
      include: [...NEEDS_POSTGRES, ...ON_BOTH],
      exclude: [...WITHOUT_STORE, ...ONCE],
      globalSetup: ['src-main/store/testing-postgres-setup.ts'],
      sequence: { groupOrder: 1 }, // after the other, so that each one's time can be told
      maxWorkers: 3, // many of them wait: for a server to be noticed as gone, for a lease to run out
    },
  }
}
