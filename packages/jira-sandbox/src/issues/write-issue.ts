import { may } from '../account-view.ts'
import { errorCollection, JiraRefusal } from '../http/jira-error.ts'
import type { SandboxSite } from '../site.ts'
import { tellOfChange, tellOfDeletion } from '../webhooks/issue-event.ts'
import { issueChange, newIssue } from './issue-input.ts'
import { issueUrl } from './issue-json.ts'
import { issueKey, type IssueRecord } from './issue-record.ts'

/** Makes a ticket of a request's body, stamped with the site's clock unless given another time. Throws Jira's 400. */
export function createIssue(
  site: SandboxSite,
  body: unknown,
  createdMs?: number,
): { id: string; key: string; self: string } {
  const input = newIssue(site, body)
  const issue = site.db.transaction(() => {
    const created = site.issues.create(input, createdMs ?? site.clock.now())
    site.clock.save()
    return created
  })()
  tellOfChange(site, { kind: 'created', issue })
  return { id: String(issue.id), key: issueKey(issue), self: issueUrl(site, issue) }
}

/** Changes a ticket as a request's body says, stamped with the site's clock. Throws Jira's 400. */
export function editIssue(site: SandboxSite, issue: IssueRecord, body: unknown): void {
  const { change, properties } = issueChange(site, body, issue)
  const changed = site.db.transaction(() => {
    const after = site.issues.change(issue, change, site.clock.now())
    for (const { key, value } of properties) site.properties.set(issue.id, key, value)
    site.clock.save()
    return after
  })()
  tellOfChange(site, { kind: 'updated', issue: changed, before: issue })
}

/** Moves a ticket to another project, where it gets another key. */
export function moveIssue(site: SandboxSite, issue: IssueRecord, projectKey: string): IssueRecord {
  const moved = site.db.transaction(() => {
    const after = site.issues.move(issue, projectKey, site.clock.now())
    site.clock.save()
    return after
  })()
  tellOfChange(site, { kind: 'updated', issue: moved, before: issue })
  return moved
}

/** Deletes a ticket. Throws Jira's 403 where the account may not. */
export function deleteIssue(site: SandboxSite, issue: IssueRecord): void {
  if (!may(site.settings(), 'delete')) {
    throw new JiraRefusal(
      403,
      errorCollection(['You do not have permission to delete issues in this project.']),
    )
  }
  const tell = tellOfDeletion(site, issue)
  site.issues.remove(issue.id)
  tell()
}
