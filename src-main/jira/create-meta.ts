import { getCreateIssueMetaIssueTypeId, getCreateIssueMetaIssueTypes } from 'jira.js/cloud'
import type { Client } from 'jira.js/core'
import { readScreen, type ScreenField } from './create-screen.ts'
import type { CreatableType } from './jira.ts'
import { allPages } from './offset-pages.ts'

/** The issue types that can be created in a project, each with what its create screen takes and demands. */
export async function creatableTypes(
  client: Client,
  projectKey: string,
  { maxResults, watchedField }: { maxResults: number; watchedField: string },
): Promise<CreatableType[]> {
  // jira.js puts it into the path as it is.
  const projectIdOrKey = encodeURIComponent(projectKey)
  const types = await allPages(async (startAt) => {
    const page = await getCreateIssueMetaIssueTypes(client, { projectIdOrKey, startAt, maxResults })
    return { values: page.issueTypes ?? [], total: page.total }
  })
  const creatable: CreatableType[] = []
  for (const { id, name, subtask = false } of types) {
    if (id === undefined || name === undefined) continue
    const fields = await screenFields(client, { projectIdOrKey, issueTypeId: id, maxResults })
    creatable.push({ id, name, subtask, ...readScreen(fields, watchedField) })
  }
  return creatable
}

function screenFields(
  client: Client,
  screen: { projectIdOrKey: string; issueTypeId: string; maxResults: number },
): Promise<ScreenField[]> {
  return allPages(async (startAt) => {
    const page = await getCreateIssueMetaIssueTypeId(client, { ...screen, startAt })
    return { values: page.fields ?? [], total: page.total }
  })
}
