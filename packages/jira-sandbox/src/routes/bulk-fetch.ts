import { Type } from 'typebox'
import { checked } from '../http/checked.ts'
import { badRequest } from '../http/jira-error.ts'
import { ok, type Route } from '../http/route.ts'
import { issueJson, selectFields } from '../issues/issue-json.ts'
import type { IssueRecord } from '../issues/issue-record.ts'

const Body = Type.Object(
  {
    issueIdsOrKeys: Type.Array(Type.String()),
    fields: Type.Optional(Type.Array(Type.String())),
    properties: Type.Optional(Type.Array(Type.String(), { maxItems: 5 })),
    expand: Type.Optional(Type.Array(Type.String())),
    fieldsByKeys: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
const MAX_ISSUES = 100

/** Tickets by id or key, by ascending id. Those that do not exist are left out without a word, as in Jira. */
export const bulkFetch: Route = {
  method: 'POST',
  path: '/rest/api/3/issue/bulkfetch',
  anonymous: () => ok({ issues: [], issueErrors: [] }),
  handle: (site, call) => {
    const { issueIdsOrKeys, fields = [], properties = [] } = checked(Body, call.body)
    if (issueIdsOrKeys.length > MAX_ISSUES) throw badRequest(`Cannot fetch more than ${MAX_ISSUES} issues.`)
    const found = new Map<number, IssueRecord>()
    for (const idOrKey of issueIdsOrKeys) {
      const issue = site.issues.find(idOrKey)
      if (issue !== undefined) found.set(issue.id, issue)
    }
    const issues = [...found.values()].toSorted((a, b) => a.id - b.id)
    const values = site.properties.ofIssues([...found.keys()], properties)
    const wanted = selectFields(fields)
    return ok({
      issues: issues.map((issue) =>
        issueJson(site, issue, wanted, properties.length > 0 ? (values.get(issue.id) ?? {}) : undefined),
      ),
      issueErrors: [],
    })
  },
}
