import type { ProjectTable } from './database/projects.ts'
import type { IssueReads } from './database/read-issues.ts'
import type { LiveSettings } from './settings.ts'

/** What the account may do, wherever it may do it at all. */
export type Permission = keyof LiveSettings['permissions']

/** Whether the account has a permission in the projects that it sees. */
export function may(settings: LiveSettings, permission: Permission): boolean {
  return settings.permissions[permission] ?? true
}

/** Whether the account sees a project, and so its tickets. */
function sees(settings: LiveSettings, projectKey: string): boolean {
  return may(settings, 'browse') && !settings.hiddenProjects.includes(projectKey)
}

/** The projects that the account sees. For it the others do not exist. */
export function visibleProjects(projects: ProjectTable, settings: () => LiveSettings): ProjectTable {
  return {
    ...projects,
    all: () => projects.all().filter(({ key }) => sees(settings(), key)),
    find(idOrKey) {
      const project = projects.find(idOrKey)
      return project !== undefined && sees(settings(), project.key) ? project : undefined
    },
  }
}

/** The ticket with this id or key, if the account sees it. */
export function visibleIssues(issues: IssueReads, settings: () => LiveSettings): Pick<IssueReads, 'find'> {
  return {
    find(idOrKey) {
      const issue = issues.find(idOrKey)
      return issue !== undefined && sees(settings(), issue.projectKey) ? issue : undefined
    },
  }
}
