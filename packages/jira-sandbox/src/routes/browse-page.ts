import { type Route } from '../http/route.ts'
import { issueKey, type IssueRecord } from '../issues/issue-record.ts'
import { issueOf } from './issue.ts'

/** Where a ticket's link leads a person. The sandbox has no pages; this says so. */
export const browsePage: Route = {
  method: 'GET',
  path: '/browse/:issueIdOrKey',
  anonymous: (site, call) => ({ status: 200, html: page(issueOf(site, call)) }),
  handle: (site, call) => ({ status: 200, html: page(issueOf(site, call)) }),
}

function page(issue: IssueRecord): string {
  const title = `${issueKey(issue)}: ${escaped(issue.title)}`
  return `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>A ticket of the sandbox Jira.</p>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
