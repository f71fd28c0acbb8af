import { expect, onTestFinished, test } from 'vitest'
import type { MoodName, SandboxSettings } from '#jira-sandbox'
import { startTestServer, type TestServer } from '#jira-sandbox/testing'
import { createSiteJira, type SiteJira } from './open-jira.ts'
import { createJumpClock } from '../../test-support/jira/jira.ts'
import { watchedValues } from './watched.ts'

const never = new AbortController().signal
const SEVERITY = /^Severity$/

/** The sandbox as a site: what it is is found out as with any other. */
async function openSandbox(
  settings: Partial<SandboxSettings>,
  watchedField = 'priority',
): Promise<{ server: TestServer; jira: SiteJira }> {
  const server = await startTestServer(settings)
  const isCloud = settings.deployment !== 'data-center'
  const jira = createSiteJira(
    {
      url: server.url,
      user: isCloud ? server.email : null,
      token: server.apiToken,
      caFile: null,
      watchedField,
    },
    { network: { httpProxy: null, httpsProxy: null, noProxy: null }, clock: createJumpClock() },
  )
  onTestFinished(async () => {
    await jira.close()
    await server.stop()
  })
  return { server, jira }
}

const ticketOf = (issueTypeId: string, priorityId: string) => ({
  projectKey: 'TPM',
  issueTypeId,
  priorityId,
  title: 'Checkout is down',
  paragraphs: ['Since ten.'],
  labels: ['jira-tpm'],
  properties: [],
})
const ALL = { jql: 'project = TPM ORDER BY created ASC, key ASC', pageToken: null }

test.each<Partial<SandboxSettings>>([
  { deployment: 'cloud' },
  { deployment: 'cloud', scopedToken: true },
  { deployment: 'data-center', contextPath: '/jira' },
])('a site that is %j is found, watched by its severity, written to and read', async (settings) => {
  const probe = await openSandbox({ ...settings, severity: 'optional' })
  const [type] = await probe.jira.creatable('TPM', never)
  const severity = type?.selects.find(({ field }) => SEVERITY.test(field.name))
  expect(severity).toBeDefined()

  const { server, jira } = await openSandbox({ ...settings, severity: 'optional' }, severity?.field.id)
  const { deployment, apiUrl } = await jira.about(never)
  expect(deployment).toBe(settings.deployment)
  expect(apiUrl.includes('/ex/jira/')).toBe(settings.scopedToken === true)
  expect(await jira.server(never)).toMatchObject({ deployment, siteMs: server.clock.now() })
  expect(await jira.permissions('TPM', never)).toEqual({ browse: true, create: true, delete: true })

  const [value] = severity?.values ?? []
  const made = await jira.create(ticketOf(type?.id ?? '', value?.id ?? ''), never)
  const { accountId } = await jira.identity(never)
  const page = await jira.search({ ...ALL, pageSize: 50, reconcileIds: [], property: null }, never)
  expect(page).toMatchObject({
    accountId,
    nextPageToken: null,
    tickets: [{ ...made, priorityId: value?.id, priorityName: value?.name }],
  })
  expect(await jira.searchIds(ALL, never)).toMatchObject({ ids: [made.id], accountId })
  expect(await jira.byIds(['1', made.id], never)).toMatchObject([{ ...made, priorityId: value?.id }])
  expect(server.bugs).toEqual([])
})

test('what is watched comes from the project, or without one from the site', async () => {
  const { jira } = await openSandbox({ deployment: 'cloud' })
  const choice = { field: { id: 'priority', name: 'Priority' }, ids: [] }
  for (const projectKey of ['TPM', null]) {
    const watched = await watchedValues(jira, { choice, projectKey, onUnknown: () => {} }, never)
    expect(watched.map(({ name }) => name)).toEqual(['Highest', 'High'])
  }
})

test.each<[MoodName, string]>([
  ['expired-token', 'not-authenticated'],
  ['looks-empty', 'not-authenticated'],
  ['locked-out', 'not-authenticated'],
  ['login-page', 'not-authenticated'],
  ['login-redirect', 'not-authenticated'],
  ['moved-away', 'jira-broken'],
  ['down', 'jira-unreachable'],
  ['gateway-error', 'jira-unreachable'],
  ['rate-limited', 'jira-limited'],
  ['cut-answers', 'jira-unreachable'],
])('a site that is in the mood %s fails with %s, and works again once it is well', async (mood, code) => {
  const { server, jira } = await openSandbox({ deployment: 'cloud' })
  await server.setMood(mood)
  await expect(jira.identity(never)).rejects.toMatchObject({ code })
  await server.setMood('healthy')
  jira.resetAuthGate()
  expect((await jira.identity(never)).accountId).not.toBe('')
})
