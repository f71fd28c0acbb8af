/** What stands before Jira and speaks to people: log-in pages and gateways. */

export const HTML = 'text/html;charset=UTF-8'
export const LOGIN_PATH = '/login.jsp'

export const LOGIN_PAGE =
  '<!doctype html><html><head><title>Log in with Atlassian account</title></head><body><form method="post" action="/login"></form></body></html>'

const TITLES: Readonly<Record<number, string>> = {
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
}

/** A gateway's page. */
export function errorPage(status: number): string {
  const title = `${status} ${TITLES[status] ?? 'Error'}`
  return `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>`
}

/** How Jira says that it asks for a CAPTCHA after too many wrong passwords. */
export function lockedOutHeaders(): Record<string, string> {
  return {
    'x-seraph-loginreason': 'AUTHENTICATION_DENIED',
    'x-authentication-denied-reason': `CAPTCHA_CHALLENGE; login-url=${LOGIN_PATH}`,
  }
}
