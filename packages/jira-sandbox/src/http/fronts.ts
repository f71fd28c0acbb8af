import type { LiveSettings } from '../settings.ts'
import { userName } from '../issues/vocabulary-json.ts'
import type { SandboxSite } from '../site.ts'
import { createBurstLimit, refusalHeaders } from './burst-limit.ts'
import type { CallerKind } from './caller.ts'
import { errorCollection, JiraRefusal } from './jira-error.ts'
import { LOGIN_PAGE } from './pages.ts'
import type { Answer, Call, Route } from './route.ts'
import { createUserLimit } from './user-limit.ts'

/** What the limits answer to a request: headers for its answer, and whether it is turned away. */
export interface Limited {
  readonly refused: boolean
  readonly headers: Readonly<Record<string, string>>
}

/** In what the two kinds of Jira differ before an endpoint is asked. */
export interface Front {
  /** What the account may log in with. */
  logins(site: SandboxSite): readonly string[]
  /** Who is asking, on every answer. */
  callerHeaders(
    site: SandboxSite,
    caller: CallerKind,
    authorization: string | undefined,
  ): Record<string, string>
  /** The answer to a caller whose credentials have expired, on a site that does not say so with a 401. */
  answerGuest(site: SandboxSite, route: Route, call: Call): Answer
  /** The answer to a caller without an account. */
  loginRequired(): JiraRefusal
  notFound(path: string): object
  /** Takes one request of `perSecond`; 0 for no limit. Times are epoch ms. */
  limit(endpoint: string, perSecond: number, at: { machineMs: number; siteMs: number }): Limited
}

export function createFronts(): Readonly<Record<LiveSettings['deployment'], Front>> {
  return { cloud: createCloudFront(), 'data-center': createDataCenterFront() }
}

const LOGIN_REQUIRED = 'Client must be authenticated to access this resource.'

function createCloudFront(): Front {
  const limit = createBurstLimit()
  return {
    logins: ({ identity: { email, apiToken } }) => [`basic ${email}:${apiToken}`],
    callerHeaders(site, caller, authorization) {
      if (caller === 'account') return { 'x-aaccountid': site.identity.accountId }
      // Who brings no credentials has not failed to log in.
      return authorization === undefined ? {} : { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }
    },
    answerGuest(site, route, call) {
      if (route.anonymous === null) throw this.loginRequired()
      return route.anonymous(site, call)
    },
    loginRequired: () => new JiraRefusal(401, errorCollection([LOGIN_REQUIRED])),
    notFound: () => errorCollection(['The requested resource does not exist.']),
    limit(endpoint, perSecond, { machineMs, siteMs }) {
      const tooFast = limit(endpoint, perSecond, machineMs)
      return { refused: tooFast !== null, headers: tooFast === null ? {} : refusalHeaders(tooFast, siteMs) }
    },
  }
}

function createDataCenterFront(): Front {
  const limit = createUserLimit()
  return {
    // Its API token is a personal access token here, and the password too.
    logins(site) {
      const { email, apiToken } = site.identity
      return [`bearer ${apiToken}`, `basic ${userName(site)}:${apiToken}`, `basic ${email}:${apiToken}`]
    },
    callerHeaders: (site, caller, authorization) => ({
      'x-ausername': caller === 'account' ? userName(site) : 'anonymous',
      'x-seraph-loginreason':
        caller === 'account' ? 'OK' : authorization === undefined ? 'OUT' : 'AUTHENTICATED_FAILED',
    }),
    // A server whose session has ended shows the page to log in on, with 200.
    answerGuest: () => ({ status: 200, html: LOGIN_PAGE }),
    loginRequired: () => new JiraRefusal(401, { message: LOGIN_REQUIRED, 'status-code': 401 }),
    notFound: (path) => ({ message: `null for uri: ${path}`, 'status-code': 404 }),
    limit: (_endpoint, perSecond, { machineMs }) => limit(perSecond, machineMs),
  }
}
