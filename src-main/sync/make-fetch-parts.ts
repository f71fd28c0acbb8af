import type { Jira } from '../jira/jira.ts'
import { believeOnlyOurs } from './believed-jira.ts'
import { createRecentLookUps } from './doubts.ts'
import type { FetchParts } from './fetch-parts.ts'
import { createFirstSights } from './first-sights.ts'
import { createIdentityProof } from './identity-proof.ts'
import { createIndexLagMeter } from './index-lag.ts'
import { createOwnTickets } from './own-tickets.ts'
import { refuseRenamed } from './renamed-project.ts'
import { syncScope } from './scope.ts'
import type { SyncOptions } from './sync.ts'
import { askWhileStored } from './while-stored.ts'

/** What the fetches and the census work with. */
export function makeFetchParts(
  options: SyncOptions,
  hear: Pick<FetchParts, 'onProgress' | 'onSiteTime'>,
): FetchParts {
  const { siteId, projectKey, watchedField, watched, store, clock, intervalMs } = options
  const jira = askWhileStored(options.jira, store)
  const scope = { projectKey, priorityIds: watched.map(({ id }) => id), fieldId: watchedField.id }
  const identity = createIdentityProof(jira, clock)
  const believed = believeOnlyOurs(jira, identity)
  const projects: Jira['projects'] = (signal) => jira.projects(signal)
  const lag = createIndexLagMeter()
  return {
    siteId,
    scope,
    scopeName: syncScope(scope),
    jira: {
      ...believed,
      ...refuseRenamed({ ...believed, projects }, projectKey),
      byIds: (...asked) => jira.byIds(...asked),
      projects,
      approximateCount: (jql, signal) => jira.approximateCount(jql, signal),
    },
    store,
    identity,
    own: createOwnTickets(lag),
    lag,
    sights: createFirstSights({ lag, clock, intervalMs }),
    lookUps: createRecentLookUps(clock),
    onProgress: hear.onProgress,
    onSiteTime(siteMs) {
      lag.passed(siteMs)
      hear.onSiteTime(siteMs)
    },
  }
}
