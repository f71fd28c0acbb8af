import { getCreateIssueMetaIssueTypeId, getCreateIssueMetaIssueTypes } from 'jira.js/cloud'
import type { Client } from 'jira.js/core'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import type { CreatableType } from './jira.ts'
import { allPages } from './offset-pages.ts'

const AllowedPriorities = Type.Array(Type.Object({ id: Type.String(), name: Type.String() }))

/** The issue types that can be created in a project, each with the priorities of its create screen. */
export async function creatableTypes(
  client: Client,
  projectKey: string,
  maxResults: number,
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
    const priorities = await settablePriorities(client, projectIdOrKey, id, maxResults)
    creatable.push({ id, name, subtask, priorities })
  }
  return creatable
}

async function settablePriorities(
  client: Client,
  projectIdOrKey: string,
  issueTypeId: string,
  maxResults: number,
): Promise<Priority[]> {
  const fields = await allPages(async (startAt) => {
    const page = await getCreateIssueMetaIssueTypeId(client, {
      projectIdOrKey,
      issueTypeId,
      startAt,
      maxResults,
    })
    return { values: page.fields ?? [], total: page.total }
  })
  const allowed = fields.find((field) => field.fieldId === 'priority')?.allowedValues
  return Check(AllowedPriorities, allowed) ? allowed.map(({ id, name }) => ({ id, name })) : []
}
