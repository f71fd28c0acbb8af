import { notFound } from '../http/jira-error.ts'
import { NO_CONTENT, ok, param, type Call, type Route } from '../http/route.ts'
import { checkedProperty } from '../issues/issue-body.ts'
import { issueUrl } from '../issues/issue-json.ts'
import { mayNotWrite } from './create-issue.ts'
import { issueOf, seesNoIssue } from './issue.ts'

const LIST_PATH = '/rest/api/3/issue/:issueIdOrKey/properties'
const PATH = `${LIST_PATH}/:propertyKey`

function noSuchProperty(call: Call): Error {
  return notFound(`The property with key '${param(call, 'propertyKey')}' does not exist.`)
}

export const listProperties: Route = {
  method: 'GET',
  path: LIST_PATH,
  anonymous: seesNoIssue,
  handle: (site, call) => {
    const issue = issueOf(site, call)
    const self = (key: string): string => `${issueUrl(site, issue)}/properties/${encodeURIComponent(key)}`
    return ok({ keys: site.properties.keys(issue.id).map((key) => ({ self: self(key), key })) })
  },
}

export const getProperty: Route = {
  method: 'GET',
  path: PATH,
  anonymous: seesNoIssue,
  handle: (site, call) => {
    const key = param(call, 'propertyKey')
    const property = site.properties.get(issueOf(site, call).id, key)
    if (property === undefined) throw noSuchProperty(call)
    return ok({ key, value: property.value })
  },
}

/** 201 for a new property, 200 for a changed one. */
export const putProperty: Route = {
  method: 'PUT',
  path: PATH,
  anonymous: mayNotWrite,
  handle: (site, call) => {
    const issue = issueOf(site, call)
    const { key, value } = checkedProperty({ key: param(call, 'propertyKey'), value: call.body })
    const isNew = site.properties.set(issue.id, key, value)
    return { status: isNew ? 201 : 200, body: isNew ? 'Property created' : 'Property updated' }
  },
}

export const deleteProperty: Route = {
  method: 'DELETE',
  path: PATH,
  anonymous: mayNotWrite,
  handle: (site, call) => {
    const issue = issueOf(site, call)
    if (!site.properties.remove(issue.id, param(call, 'propertyKey'))) throw noSuchProperty(call)
    return NO_CONTENT
  },
}
