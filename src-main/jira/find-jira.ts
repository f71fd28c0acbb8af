import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { nothingChanged } from '../../src-shared/errors/app-error.ts'
import { cloudJira } from './cloud/cloud.ts'
import { accessToken, ANONYMOUS, apiToken, type JiraCredentials } from './credentials.ts'
import { dataCenterJira } from './data-center/data-center.ts'
import { brokenAnswer, JiraError } from './errors.ts'
import type { Deployment, Jira, ServerFacts } from './jira.ts'
import type { Link } from './link.ts'
import { askServer } from './rest.ts'
import { READ_REPEATS } from './retry.ts'
import { isLoopback } from './site-url.ts'

/** What a server said it is, and where its API is called. */
export interface JiraAddress {
  readonly deployment: Deployment
  readonly apiUrl: string
}

interface FoundJira extends JiraAddress {
  readonly credentials: JiraCredentials
}

export interface Search {
  readonly site: URL
  /** The e-mail address of a Cloud account, or null. */
  readonly user: string | null
  readonly token: string
  /** Where it was found the last time, or null. */
  readonly remembered: JiraAddress | null
  /** A link to an address, past the gate: a search tries more than one address. */
  readonly link: (url: string, credentials: JiraCredentials) => Link
  readonly signal: AbortSignal
}

const TenantInfo = Type.Object({ cloudId: Type.String({ pattern: '^[\\w-]{1,64}$' }) })

const ATLASSIAN_GATEWAY = 'https://api.atlassian.com'

/**
 * Finds out which Jira a site is, by asking it, and where it takes our token: Cloud knows a classic token at the site's
 * address and one with scopes at Atlassian's gateway. Throws `not-configured` where Cloud is to know us without an e-mail
 * address, `not-authenticated` where it knows us nowhere. No address is tried twice: each refusal counts towards a lock-out.
 */
export async function findJira(search: Search): Promise<FoundJira> {
  const { remembered, site } = search
  let tried: Tried | null = null
  if (remembered !== null && belongsTo(site, remembered.apiUrl)) {
    const found = { ...remembered, credentials: credentialsFor(remembered.deployment, search) }
    const refused = await refusal(found, search)
    if (refused === null) return found
    if (refused.isLockedOut) throw refused
    tried = { ...remembered, refused }
  }
  const { deployment } = await serverOf(search)
  return deployment === 'cloud' ? findCloud(search, tried) : findDataCenter(search, tried)
}

/** An address that did not take our token just now. */
interface Tried extends JiraAddress {
  readonly refused: JiraError
}

/** A Jira at an address that is known. */
export function jiraOver(link: Link, deployment: Deployment, watchedField: string): Jira {
  return deployment === 'cloud' ? cloudJira(link, { watchedField }) : dataCenterJira(link, { watchedField })
}

/** What the server says of itself, to anybody where it can. Throws `not-authenticated` where something before it does not let us in. */
export async function serverOf({ site, user, token, link, signal }: Search): Promise<ServerFacts> {
  try {
    return await askServer(link(site.href, ANONYMOUS), signal)
  } catch (error) {
    if (!isNotAuthenticated(error)) throw error
    // A proxy before it refuses anonymous requests: it is asked with our log-in.
    const credentials = user === null ? accessToken(token) : apiToken(user, token)
    return askServer(link(site.href, credentials), signal)
  }
}

async function findCloud(search: Search, tried: Tried | null): Promise<FoundJira> {
  const { site, link, signal } = search
  const credentials = credentialsFor('cloud', search)
  const atSite: FoundJira = { deployment: 'cloud', apiUrl: addressOf(site), credentials }
  const refused = isSameAddress(tried, atSite) ? tried.refused : await refusal(atSite, search)
  if (refused === null) return atSite
  if (refused.isLockedOut) throw refused
  const apiUrl = await gatewayUrl(site, link(site.origin, ANONYMOUS), signal).catch((error: unknown) => {
    // No cloud id, no gateway: what the site said is what there is to know.
    if (error instanceof JiraError && error.failure === 'answered') throw refused
    throw error
  })
  const atGateway: FoundJira = { deployment: 'cloud', apiUrl, credentials }
  if (!isSameAddress(tried, atGateway) && (await refusal(atGateway, search)) === null) return atGateway
  throw refused
}

function findDataCenter(search: Search, tried: Tried | null): FoundJira {
  const credentials = credentialsFor('data-center', search)
  const found: FoundJira = { deployment: 'data-center', apiUrl: addressOf(search.site), credentials }
  if (isSameAddress(tried, found)) throw tried.refused
  return found
}

function isSameAddress(tried: Tried | null, found: JiraAddress): tried is Tried {
  return tried?.apiUrl === found.apiUrl && tried.deployment === found.deployment
}

function credentialsFor(deployment: Deployment, { site, user, token }: Search): JiraCredentials {
  if (deployment === 'data-center') return accessToken(token)
  if (user !== null) return apiToken(user, token)
  throw nothingChanged(
    'not-configured',
    `${site.host} is a Jira Cloud, which needs the e-mail address of the account beside its API token.`,
    'Give the e-mail address with which you log in to Atlassian (JIRA_USER in the environment).',
  )
}

/** How an address refused us as unknown; null where it knows us. Throws whatever else goes wrong. */
async function refusal(found: FoundJira, { link, signal }: Search): Promise<JiraError | null> {
  try {
    // The field does not matter for who we are.
    await jiraOver(link(found.apiUrl, found.credentials), found.deployment, 'priority').identity(signal)
    return null
  } catch (error) {
    if (isNotAuthenticated(error)) return error
    throw error
  }
}

function isNotAuthenticated(error: unknown): error is JiraError {
  return error instanceof JiraError && error.code === 'not-authenticated'
}

/** Without the slash that a URL's text ends in. */
function addressOf(site: URL): string {
  return site.href.replace(/\/$/, '')
}

/** Whether an address may get the site's token: the site's own, or the gateway's. */
export function belongsTo(site: URL, apiUrl: string): boolean {
  const origin = URL.parse(apiUrl)?.origin
  return origin === site.origin || origin === ATLASSIAN_GATEWAY
}

/**
 * The address at which a Cloud site takes API tokens with scopes, which its own address refuses.
 * https://support.atlassian.com/jira/kb/retrieve-my-atlassian-sites-cloud-id/
 */
export async function gatewayUrl(
  site: URL,
  { host, send }: Pick<Link, 'host' | 'send'>,
  signal: AbortSignal,
): Promise<string> {
  const request = { method: 'GET', path: '/_edge/tenant_info' }
  const { data } = await send(request, { repeats: READ_REPEATS, signal })
  if (!Check(TenantInfo, data)) throw brokenAnswer(host, 'shape', 'without its cloud id')
  // A Jira on this machine is the sandbox, which is its own gateway.
  const gateway = isLoopback(site.hostname) ? site.origin : ATLASSIAN_GATEWAY
  return `${gateway}/ex/jira/${data.cloudId}`
}
