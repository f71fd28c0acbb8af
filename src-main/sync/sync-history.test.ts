import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SandboxIndexLag } from '#jira-sandbox'
import { ENGINE } from '../../test-support/store/store.ts'
import { openTestSync } from '../../test-support/sync/sync.ts'
import { comeToRest, history, HISTORY_PROJECTS, live, missTwice } from '../../test-support/sync/history.ts'
import { startSite } from '../../test-support/sync/site.ts'
import { expectNothingLost, expectTruth, truthOf } from '../../test-support/sync/truth.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
/** Fewer on PostgreSQL: what may happen at a site is searched on SQLite, which is faster. */
const RUNS = LONG ? 150 : ENGINE === 'sqlite' ? 4 : 2
const MINUTE = 60_000

const lags: SandboxIndexLag[] = [
  { kind: 'none' },
  { kind: 'fixed', ms: 12 * MINUTE },
  { kind: 'random', minMs: 0, maxMs: 15 * MINUTE },
]
const cells = lags.flatMap((indexLag) => [
  { indexLag, deployment: 'cloud', projectKey: null, historyTickets: 0 } as const,
  { indexLag, deployment: 'data-center', projectKey: 'TPM', historyTickets: 600 } as const,
])

test.each(cells)(
  'after any history the store has what is true: $indexLag.kind lag, $deployment, project $projectKey',
  { timeout: LONG ? 600_000 : 60_000 },
  async ({ indexLag, deployment, projectKey, historyTickets }) => {
    const holds = fc.asyncProperty(history, async (happenings) => {
      const settings = { projects: HISTORY_PROJECTS, anonymous: 'empty', historyHours: 2 } as const
      const site = await startSite({ ...settings, indexLag, deployment, historyTickets })
      const opened = await openTestSync(site.jira, { projectKey })
      await live({ ...site, ...opened }, happenings)
      await comeToRest({ ...site, ...opened })
      const truth = await truthOf(site.sandbox, opened.scope)
      // Fetches alone lose nothing; what vanished takes a census.
      expectNothingLost(await opened.truth(), truth)
      await missTwice({ ...site, ...opened })
      expectTruth(await opened.truth(), truth)
      await opened.sync.stop()
      await opened.store.close()
      await site.sandbox.stop()
    })
    await expect(
      fc.assert(holds, { numRuns: RUNS, interruptAfterTimeLimit: LONG ? 1_800_000 : 30_000 }),
    ).resolves.toBeUndefined()
  },
)
