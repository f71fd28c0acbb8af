import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { may } from '../account-view.ts'
import { JiraRefusal } from '../http/jira-error.ts'
import { ok, param, type Route } from '../http/route.ts'
import type { BulkDelete } from '../issues/bulk-deletes.ts'

const Body = Type.Object(
  {
    selectedIssueIdsOrKeys: Type.Array(Type.String(), { minItems: 1, maxItems: 1_000 }),
    sendBulkNotification: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  },
  { additionalProperties: false },
)

/** Bulk operations have an error form of their own. */
function bulkRefusal(message: string, status = 400): JiraRefusal {
  return new JiraRefusal(status, { errors: [{ message }] })
}

export const submitBulkDelete: Route = {
  method: 'POST',
  path: '/rest/api/3/bulk/issues/delete',
  anonymous: null,
  handle: (site, call) => {
    if (!Check(Body, call.body)) {
      throw bulkRefusal('selectedIssueIdsOrKeys must list between 1 and 1000 issues.')
    }
    if (!may(site.settings(), 'delete')) {
      throw bulkRefusal('You do not have permission to delete the selected issues.', 403)
    }
    const named = [...new Set(call.body.selectedIssueIdsOrKeys)]
    const found = new Set(named.flatMap((idOrKey) => site.issues.find(idOrKey)?.id ?? []))
    if (found.size === 0) throw bulkRefusal('Some of the issues in the issueIdsOrKeys are not valid')
    const taskId = site.bulkDeletes.submit([...found], named.length - found.size)
    return { status: 201, body: { taskId: String(taskId) } }
  },
}

export const bulkProgress: Route = {
  method: 'GET',
  path: '/rest/api/3/bulk/queue/:taskId',
  anonymous: null,
  handle: (site, call) => {
    const task = site.bulkDeletes.find(param(call, 'taskId'))
    if (task !== undefined) return ok(progressJson(task, site.identity.accountId))
    throw new JiraRefusal(400, {
      errorMessages: ['The task associated with this taskId is not a bulk operation task'],
      errors: {},
      httpStatusCode: { empty: false, present: true },
    })
  },
}

/** Times are numbers, as in the examples of Jira's own document, though its schema says dates. */
function progressJson(task: BulkDelete, accountId: string): object {
  const total = task.issueIds.length
  const isDone = task.deleted === total
  return {
    taskId: String(task.id),
    status: isDone ? 'COMPLETE' : task.deleted > 0 ? 'RUNNING' : 'ENQUEUED',
    progressPercent: Math.floor((task.deleted / total) * 100),
    submittedBy: { accountId },
    created: task.createdMs,
    ...(task.startedMs !== null && { started: task.startedMs }),
    updated: task.updatedMs,
    totalIssueCount: total + task.invalid,
    processedAccessibleIssues: task.issueIds.slice(0, task.deleted),
    failedAccessibleIssues: {},
    invalidOrInaccessibleIssueCount: task.invalid,
  }
}
