import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Jira, Permissions } from '../jira/jira.ts'

/** What the account may do in projects. */
export interface ProjectRights {
  /** Those of the projects in which the account has a permission. Each is asked for once. */
  projectsWith(
    permission: keyof Permissions,
    projectKeys: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>>
}

export function createProjectRights(jira: Pick<Jira, 'permissions'>): ProjectRights {
  const asked = new Map<string, Permissions>()
  return {
    async projectsWith(permission, projectKeys, signal) {
      const having = new Set<string>()
      for (const key of new Set(projectKeys)) {
        const permissions = asked.get(key) ?? (await permissionsIn(jira, key, signal))
        asked.set(key, permissions)
        if (permissions[permission]) having.add(key)
      }
      return having
    },
  }
}

const NONE: Permissions = { browse: false, create: false, delete: false }

/** To an account that does not see it, Jira refuses to say anything of a project. */
async function permissionsIn(
  jira: Pick<Jira, 'permissions'>,
  projectKey: string,
  signal: AbortSignal,
): Promise<Permissions> {
  try {
    return await jira.permissions(projectKey, signal)
  } catch (error) {
    if (error instanceof AppError && error.code === 'jira-refused') return NONE
    throw error
  }
}
