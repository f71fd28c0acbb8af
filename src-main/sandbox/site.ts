import type { Clock } from '../clock.ts'
import { createIssueReads, type IssueReads } from './database/read-issues.ts'
import { createIssueWrites, type IssueWrites } from './database/write-issues.ts'
import { siteIdentity, type Credentials, type SiteIdentity } from './database/meta.ts'
import type { SandboxDatabase } from './database/open-database.ts'
import { createProjectTable, type ProjectTable } from './database/projects.ts'
import { createPropertyTable, type PropertyTable } from './database/properties.ts'
import { createSearchIndex, type SearchIndex } from './database/search-index.ts'
import { createBulkDeletes, type BulkDeletes } from './issues/bulk-deletes.ts'
import { createFaults, type Faults } from './http/faults.ts'
import { createTimestampFormat } from './issues/timestamp.ts'
import { createSandboxClock, type SandboxClock } from './sandbox-clock.ts'
import { checkMeaning, type LiveSettings, type SettingsPatch, type StartSettings } from './settings.ts'

/** One running Jira: everything that its endpoints work on. */
export interface Site {
  readonly db: SandboxDatabase
  readonly identity: SiteIdentity
  readonly clock: SandboxClock
  readonly index: SearchIndex
  readonly projects: ProjectTable
  readonly issues: IssueReads & IssueWrites
  readonly properties: PropertyTable
  readonly bulkDeletes: BulkDeletes
  readonly faults: Faults
  /** The address it is served at, once it is. */
  readonly baseUrl: () => string
  readonly settings: () => LiveSettings & { readonly seed: number }
  /** Changes some settings at once. Throws `usage` where they make no sense; then nothing changes. */
  readonly patch: (patch: SettingsPatch) => void
  /** Prints an instant (epoch ms) in the site's zone. */
  readonly timestamp: (epochMs: number) => string
}

/** Builds a site on an open file. */
export function createSite(options: {
  readonly db: SandboxDatabase
  readonly machine: Clock
  readonly settings: StartSettings
  readonly credentials: Credentials | undefined
  readonly baseUrl: () => string
}): Site {
  const { db, baseUrl } = options
  let settings = options.settings
  let timestamp = createTimestampFormat(settings.siteZone)
  const index = createSearchIndex(db)
  const projects = createProjectTable(db)
  projects.ensure(settings.projects)
  if (settings.indexLag.kind === 'none') index.flush()
  const clock = createSandboxClock(db, options.machine)
  const issues = {
    ...createIssueReads(db),
    ...createIssueWrites(db, projects, index, () => settings),
  }

  return {
    db,
    identity: siteIdentity(db, options.credentials),
    clock,
    index,
    projects,
    issues,
    properties: createPropertyTable(db),
    bulkDeletes: createBulkDeletes(db, issues, clock),
    faults: createFaults(),
    baseUrl,
    settings: () => settings,
    patch(patch) {
      checkMeaning(patch)
      settings = { ...settings, ...patch }
      timestamp = createTimestampFormat(settings.siteZone)
      if (patch.projects !== undefined) projects.ensure(patch.projects)
      if (settings.indexLag.kind === 'none') index.flush()
    },
    timestamp: (epochMs) => timestamp(epochMs),
  }
}
