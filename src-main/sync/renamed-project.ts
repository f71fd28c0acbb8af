import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Jira } from '../jira/jira.ts'
import { unknownProject } from '../jira/watched.ts'

/**
 * A project whose key was changed still answers to its old one, with tickets of the new: taken as they are, all of them
 * would have been moved away. So where tickets of another project come, it is asked whether ours is still there. Throws
 * `not-configured` where it is not; then nothing of the page is stored.
 */
export function refuseRenamed(
  jira: Pick<Jira, 'search' | 'projects'>,
  projectKey: string | null,
): Pick<Jira, 'search'> {
  if (projectKey === null) return jira
  return {
    async search(query, signal) {
      const page = await jira.search(query, signal).catch(async (error: unknown) => {
        // A 400, or Jira's own words for it. It may be hidden for a while only: so it is a plain no as before.
        if (!(error instanceof AppError) || error.code !== 'jira-refused') throw error
        const keys = (await jira.projects(signal)).map(({ key }) => key)
        if (keys.includes(projectKey)) throw error
        const consequence = 'Nothing was fetched; what is stored stays as it is.'
        throw unknownProject(projectKey, keys, { code: 'jira-refused', consequence })
      })
      const other = page.tickets.find((ticket) => ticket.projectKey !== projectKey)
      if (other === undefined) return page
      const projects = await jira.projects(signal)
      if (projects.some(({ key }) => key === projectKey)) return page
      throw renamed(projectKey, other.projectKey)
    },
  }
}

function renamed(projectKey: string, otherKey: string): AppError {
  return new AppError(
    'not-configured',
    `The project ${projectKey} is not there any more, but its tickets come as those of ${otherKey}: its key seems to have been changed. What is stored stays as it is.`,
    { hint: `Choose the project ${otherKey}, in the settings or with --project.` },
  )
}
