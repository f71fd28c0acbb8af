import { visibleIssues, visibleProjects } from './account-view.ts'
import type { CatalogPriority } from './catalog.ts'
import { createIssueReads, type IssueReads } from './database/read-issues.ts'
import { createIssueWrites, type IssueWrites } from './database/write-issues.ts'
import { siteIdentity, type SandboxCredentials, type SiteIdentity } from './database/meta.ts'
import type { SandboxDatabase } from './database/open-database.ts'
import { createProjectTable, type ProjectTable } from './database/projects.ts'
import { createPropertyTable, type PropertyTable } from './database/properties.ts'
import { createSearchIndex, type SearchIndex } from './database/search-index.ts'
import { createDeliveries, type Deliveries } from './webhooks/deliveries.ts'
import { createWebhookTable, type WebhookTable } from './webhooks/webhook-table.ts'
import { createBulkDeletes, type BulkDeletes } from './issues/bulk-deletes.ts'
import type { Fault } from './faults/fault.ts'
import { createFaultSet } from './faults/fault-set.ts'
import type { Faults } from './faults/request-faults.ts'
import { createReplays, type Replays } from './search/oddities.ts'
import { MOODS, type MoodName } from './faults/moods.ts'
import { createSandboxClock, type MachineClock, type SandboxClock } from './sandbox-clock.ts'
import { createLiveSettings } from './live-settings.ts'
import type { LiveSettings, SettingsPatch, StartSettings } from './settings.ts'

/** One running Jira: everything that its endpoints work on. */
export interface SandboxSite {
  readonly db: SandboxDatabase
  readonly identity: SiteIdentity
  readonly clock: SandboxClock
  readonly index: SearchIndex
  /** Those that the account sees. */
  readonly projects: ProjectTable
  /** `find` finds what the account sees. */
  readonly issues: IssueReads & IssueWrites
  /** What is there, whether or not an account may see it. */
  readonly everything: Pick<SandboxSite, 'projects' | 'issues'>
  readonly properties: PropertyTable
  readonly bulkDeletes: BulkDeletes
  /** Who is told of changes of tickets, and what is on its way to them. */
  readonly webhooks: WebhookTable
  readonly deliveries: Deliveries
  /** Meets requests with the faults that are meant for them. */
  readonly faults: Pick<Faults, 'take'>
  /** What is set and not over yet. */
  readonly currentFaults: () => readonly Fault[]
  /** Replaces all faults. Throws a SyntaxError or `usage` where they make no sense; then nothing changes. */
  readonly setFaults: (faults: readonly Fault[]) => void
  readonly replays: Replays
  /** The address it is served at, once it is. */
  readonly baseUrl: () => string
  /** The version of REST that is spoken: v3 as Cloud, unless it is asked at v2; v2 as Data Center. */
  readonly apiVersion: () => 2 | 3
  /** Where its REST API begins. */
  readonly apiUrl: () => string
  /** Under the names that the site gives them, most urgent first. */
  readonly priorities: () => readonly CatalogPriority[]
  readonly settings: () => LiveSettings & { readonly seed: number }
  /** Changes some settings at once. Throws `usage` where they make no sense; then nothing changes. */
  readonly patch: (patch: SettingsPatch) => void
  readonly mood: () => MoodName
  /** Takes the settings of the start, and a mood's faults instead of all others. */
  readonly setMood: (mood: MoodName) => void
  /** Prints an instant (epoch ms) in the site's zone. */
  readonly timestamp: (epochMs: number) => string
}

/** Builds a site on an open file. */
export function createSite(options: {
  readonly db: SandboxDatabase
  readonly machine: MachineClock
  readonly settings: StartSettings
  readonly credentials: Partial<SandboxCredentials> | undefined
  readonly baseUrl: () => string
}): SandboxSite {
  const { db, baseUrl } = options
  const index = createSearchIndex(db)
  const projects = createProjectTable(db)
  const live = createLiveSettings(options.settings, (next) => {
    projects.ensure(next.projects)
    if (next.indexLag.kind === 'none') index.flush()
  })
  const current = (): StartSettings => live.current()
  const clock = createSandboxClock(db, options.machine, () => current().clockSkewMs)
  const reads = createIssueReads(db)
  const writing = { lag: current, find: (id: string) => reads.find(id), now: () => clock.now() }
  const issues = { ...reads, ...createIssueWrites(db, projects, index, writing) }
  const replays = createReplays()
  const apiVersion = () => (current().deployment === 'cloud' ? 3 : 2)
  const faults = createFaultSet(
    (spoilt) => live.spoil(spoilt),
    () => replays.clear(),
  )
  let mood: MoodName = 'healthy'

  return {
    db,
    identity: siteIdentity(db, options.credentials),
    clock,
    index,
    projects: visibleProjects(projects, current),
    issues: { ...issues, ...visibleIssues(issues, current) },
    everything: { projects, issues },
    properties: createPropertyTable(db),
    bulkDeletes: createBulkDeletes(db, issues, clock),
    webhooks: createWebhookTable(db),
    deliveries: createDeliveries({
      clock,
      repeats: () => current().deployment === 'cloud',
      faults: (path) => faults.ofHooks.takeAll('POST', path),
    }),
    faults: faults.ofRequests,
    currentFaults: () => faults.current(),
    setFaults: (next) => faults.set(next),
    replays,
    baseUrl,
    apiVersion,
    apiUrl: () => `${baseUrl()}/rest/api/${apiVersion()}`,
    settings: current,
    ...live,
    mood: () => mood,
    setMood(next) {
      mood = next
      live.restart()
      faults.set(MOODS[next].faults)
    },
  }
}

/** The site as REST v2 shows it, whichever version its kind speaks by itself. */
export function asVersion2(site: SandboxSite): SandboxSite {
  return { ...site, apiVersion: () => 2, apiUrl: () => `${site.baseUrl()}/rest/api/2` }
}

/** The site as somebody has it who sees and may do everything. */
export function unrestricted(site: SandboxSite): SandboxSite {
  return {
    ...site,
    ...site.everything,
    settings: () => ({ ...site.settings(), permissions: {}, hiddenProjects: [] }),
  }
}
