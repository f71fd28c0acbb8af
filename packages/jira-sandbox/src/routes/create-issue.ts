import { Type } from 'typebox'
import { checked } from '../http/checked.ts'
import { errorCollection, JiraRefusal } from '../http/jira-error.ts'
import type { Answer, Route } from '../http/route.ts'
import { createIssue } from '../issues/write-issue.ts'
import type { SandboxSite } from '../site.ts'

/** The answer to an anonymous caller of every endpoint that writes. */
export function mayNotWrite(): never {
  throw new JiraRefusal(401, errorCollection(['You do not have permission to perform this operation.']))
}

export const createOne: Route = {
  method: 'POST',
  path: '/rest/api/3/issue',
  anonymous: mayNotWrite,
  handle: (site, call) => ({ status: 201, body: createIssue(site, call.body) }),
}

const BulkBody = Type.Object({ issueUpdates: Type.Array(Type.Unknown(), { minItems: 1 }) })
const MAX_BULK = 50

export const createMany: Route = {
  method: 'POST',
  path: '/rest/api/3/issue/bulk',
  anonymous: mayNotWrite,
  handle: (site, call) => {
    const { issueUpdates } = checked(BulkBody, call.body)
    if (issueUpdates.length > MAX_BULK) throw tooMany()
    return createEach(site, issueUpdates)
  },
}

/** Even a refusal of the whole request has the form of one ticket's. */
function tooMany(): JiraRefusal {
  const elementErrors = errorCollection([`Cannot create more than ${MAX_BULK} issues at once.`])
  return new JiraRefusal(400, {
    issues: [],
    errors: [{ status: 400, elementErrors, failedElementNumber: MAX_BULK }],
  })
}

/** Each ticket for itself: those that are refused are listed, by their place in the request. */
function createEach(site: SandboxSite, bodies: readonly unknown[]): Answer {
  const issues: object[] = []
  const errors: object[] = []
  for (const [failedElementNumber, body] of bodies.entries()) {
    try {
      issues.push(createIssue(site, body))
    } catch (error) {
      if (!(error instanceof JiraRefusal)) throw error
      errors.push({ status: error.status, elementErrors: error.body, failedElementNumber })
    }
  }
  return { status: issues.length > 0 ? 201 : 400, body: { issues, errors } }
}
