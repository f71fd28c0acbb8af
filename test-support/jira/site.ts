import { onTestFinished } from 'vitest'
import type { Clock } from '../../src-main/runtime/clock.ts'
import type { JiraAddress } from '../../src-main/jira/find-jira.ts'
import { createSiteJira, type JiraConnection, type SiteJira } from '../../src-main/jira/open-jira.ts'
import type { RetryPolicy } from '../../src-main/jira/retry.ts'
import {
  answerJson,
  createJumpClock,
  startRawServer,
  TEST_TOKEN,
  type Behaviour,
  type RawServer,
} from './jira.ts'

const NO_PROXIES = { httpProxy: null, httpsProxy: null, noProxy: null }
const BASIC = `Basic ${Buffer.from(`ada@example.com:${TEST_TOKEN}`).toString('base64')}`

/** The Jira at an address, closed when the test ends. Its clock jumps over every wait. */
export function openJira(
  url: string,
  {
    remembered,
    clock = createJumpClock(),
    retryPolicy,
    ...more
  }: Partial<JiraConnection> & { remembered?: JiraAddress; clock?: Clock; retryPolicy?: RetryPolicy } = {},
): SiteJira {
  const connection = {
    url,
    user: 'ada@example.com',
    token: TEST_TOKEN,
    caFile: null,
    watchedField: 'priority',
  }
  const jira = createSiteJira(
    { ...connection, ...more },
    {
      network: NO_PROXIES,
      clock,
      remembered: remembered ?? null,
      ...(retryPolicy === undefined ? {} : { retryPolicy }),
    },
  )
  onTestFinished(() => jira.close())
  return jira
}

const ME = { accountId: 'a1', displayName: 'Ada', timeZone: 'UTC' }
export const CLOUD_ID = '1f5d7b3e-cloud'

/** What an answer to nobody says, and one to somebody whose token was not taken. */
const NOBODY = { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }

/** Where this Cloud takes which token; none means nowhere. */
export type Entrance = 'site' | 'gateway' | 'none'

/** A Jira Cloud that takes our token at one of its entrances. */
export function startCloud(entrance: () => Entrance): Promise<RawServer> {
  return startRawServer((response, request, n) => cloudBehaviour(entrance())(response, request, n))
}

export function cloudBehaviour(entrance: Entrance): Behaviour {
  return (response, { path, headers }) => {
    if (path === '/rest/api/2/serverInfo') {
      const said = headers.authorization === undefined ? NOBODY : {}
      return answerJson(response, { version: '1001.0.0', deploymentType: 'Cloud' }, { headers: said })
    }
    if (path === '/_edge/tenant_info') return answerJson(response, { cloudId: CLOUD_ID })
    const isGateway = path.startsWith(`/ex/jira/${CLOUD_ID}/`)
    const isKnown = headers.authorization === BASIC && entrance === (isGateway ? 'gateway' : 'site')
    if (!isKnown) return answerJson(response, {}, { status: 401 })
    answerJson(response, path.endsWith('/myself') ? ME : { count: 7 })
  }
}

export function startDataCenter(): Promise<RawServer> {
  return startRawServer((response, { path, headers }) => {
    if (path === '/jira/rest/api/2/serverInfo') {
      return answerJson(response, { version: '9.12.0', deploymentType: 'Server' })
    }
    if (headers.authorization !== `Bearer ${TEST_TOKEN}`) return answerJson(response, {}, { status: 401 })
    answerJson(response, { key: 'JIRAUSER1', name: 'ada', displayName: 'Ada', timeZone: 'UTC' })
  })
}
