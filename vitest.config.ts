import { defineConfig } from 'vitest/config'
import { whyNoCluster } from './e2e/cluster/programs.ts'
import LongFirst from './scripts/vitest-long-first.mjs'
import { whyNoPgbouncer } from './test-support/store/pgbouncer-bin.ts'
import { findPostgres, whyNoPostgres } from './test-support/store/postgres-bin.ts'

const long = Boolean(process.env['JIRA_TPM_LONG'])

/** What needs a PostgreSQL server, and runs nowhere else. */
const NEEDS_POSTGRES = [
  'src-main/store/postgres/**/*.test.ts',
  '{src-main,test-support}/**/*.postgres.test.ts',
]

/** Of what both engines do alike. */
const OF_STORE = 'src-main/store/{,fields/,usual/,alerts/,ledger/,access/,receipts/}*.test.ts'
/** What uses a store: it runs on SQLite, and once more on PostgreSQL. */
const ON_BOTH = [
  'src-main/{alerts,audit,clean-up,differs,generator,live,marks,sample,sync}/**/*.test.ts',
  OF_STORE,
  'src-main/metrics/measure-store.test.ts',
  'src-main/outputs/{delivery,kills}.test.ts',
  'src-main/server/routes/counts-answers.test.ts',
  'src-main/server/{two-servers,routes/login,hooks/two-receivers}.test.ts',
  'src-main/transfer/{import,export}-tickets.test.ts',
  'test-support/whole/same-numbers.test.ts',
  'src-main/transfer/{memory,round-trip}.test.ts',
  'src-main/{app/edge,app/hostile-calls,app/real-jira,app/shared-store,leases/lease,leases/lease-takeover,leases/with-lease}.test.ts',
  'src-main/commands/{doctor/doctor-hooks,hooks/killed,journey,reads-alone,runs/audit,runs/clean-up,runs/real-run,runs/resume,tickets/import-export,tickets/left-tickets,tickets/maintain}.test.ts',
]
/** Pure functions among them. */
const WITHOUT_STORE = [
  'src-main/audit/audit-queue.test.ts',
  'src-main/generator/{pacer,ticket-text/ticket-text}.test.ts',
  'src-main/live/paced.test.ts',
  'src-main/store/migrate.test.ts',
  'src-main/sync/{believed-jira,failure-policy,first-sights,identity-proof,in-groups,index-lag}.test.ts',
  'src-main/sync/{jql,own-tickets,pass-loop,piece-plan,shown-jql,walk-pages}.test.ts',
]

/**
 * On SQLite alone, but in the long run: they are long, and what they show is the engine's least part. The other kind of
 * Jira, processes that die, and all that the store is asked to do are tested on both by others: `src-main/store`,
 * `commands/journey` from the first ticket to its audit, and what kills, holds up or cuts off.
 */
const ONCE = long
  ? []
  : [
      'src-main/app/{hostile-calls,real-jira}.test.ts',
      'src-main/clean-up/{refused,trouble}.test.ts',
      'src-main/commands/runs/{audit,clean-up,real-run,resume}.test.ts',
      'src-main/generator/{faults,real-time,reconcile,runner,unknown}.test.ts',
      'src-main/sync/{by-itself,census,matrix,million,pieces}.test.ts',
    ]

/** A major version that many servers still have. The other tests run on the newest. */
const OLDER = 15

/** What has jira.js loaded in its strict form, which it takes when it is loaded. */
const OWN_MODULES = ['packages/jira-sandbox/src/jira-contract*.test.ts']

const noPostgres = whyNoPostgres()
if (noPostgres !== null) {
  console.error(`\nNOTHING IS TESTED ON POSTGRESQL, which a team's store is: ${noPostgres}.\n`)
}
const older = findPostgres(OLDER)
if (older === null) {
  console.error(`\nThere is no PostgreSQL ${OLDER} here: THE STORE IS NOT TESTED ON AN OLDER SERVER.\n`)
}
const noCluster = whyNoCluster()
if (noCluster !== null) {
  console.error(`\nNOTHING IS TESTED ON A CLUSTER OF POSTGRESQL, whose primary may die: ${noCluster}.\n`)
}
const noPgbouncer = whyNoPgbouncer()
if (noPgbouncer !== null) {
  console.error(`\nNOTHING IS TESTED THROUGH PGBOUNCER: ${noPgbouncer}.\n`)
}

export default defineConfig({
  test: {
    pool: 'forks',
    // The files that a worker runs share its modules: to read them anew costs more than most files' own work.
    isolate: false,
    setupFiles: ['scripts/vitest-setup.mjs'],
    globalSetup: ['scripts/build-if-stale.mjs', 'test-support/setup.ts'],
    // Of many small files: each worker would read them all again.
    deps: {
      optimizer: { ssr: { enabled: true, include: ['typebox', 'typebox/value', 'typebox/compile'] } },
    },
    alias: { './worker-file.ts': `${import.meta.dirname}/packages/jira-sandbox/test-support/worker-file.ts` },
    // For what hangs. A loaded machine may take its time.
    testTimeout: long ? 900_000 : 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    // Real servers, files and clocks: many wait, and two cores carry this many at a time.
    maxWorkers: 6,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['{src-*,test-support,packages/*}/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: [...NEEDS_POSTGRES, ...OWN_MODULES],
        },
      },
      // Read anew for each file, with what it says beforehand.
      { extends: true, test: { name: 'contract', include: OWN_MODULES, isolate: true } },
      ...(noPostgres === null ? [postgresProject('postgres', [...NEEDS_POSTGRES, ...ON_BOTH])] : []),
      ...(older === null ? [] : [postgresProject(`postgres-${OLDER}`, [OF_STORE])]),
      ...(noCluster === null
        ? [
            {
              extends: true as const,
              test: {
                name: 'cluster',
                include: ['e2e/cluster/**/*.test.ts'],
                sequence: { groupOrder: 1 }, // after all others: each would keep the other from its seconds
              },
            },
          ]
        : []),
    ],
  },
})

function postgresProject(name: string, include: string[]) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude: [...WITHOUT_STORE, ...ONCE],
      globalSetup: ['test-support/store/postgres-setup.ts'],
    },
  }
}
