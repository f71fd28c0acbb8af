import { describe, expect, test } from 'vitest'
import { answerJson, startRawServer, type RawServer } from '../../test-support/jira/jira.ts'
import {
  CLOUD_ID,
  cloudBehaviour,
  openJira,
  startCloud,
  startDataCenter,
  type Entrance,
} from '../../test-support/jira/site.ts'

const never = new AbortController().signal
const paths = (server: RawServer): string[] => server.requests.map(({ path }) => path)

describe('a token that is taken nowhere', () => {
  test('is tried once at each entrance, and then no more until the person acts', async () => {
    let entrance: Entrance = 'none'
    const server = await startCloud(() => entrance)
    const jira = openJira(server.url)
    await expect(jira.identity(never)).rejects.toMatchObject({ code: 'not-authenticated' })
    const tried = server.requests.length
    await expect(
      jira.search({ jql: 'x', pageToken: null, pageSize: 1, reconcileIds: [], property: null }, never),
    ).rejects.toMatchObject({
      code: 'not-authenticated',
    })
    await expect(jira.about(never)).rejects.toMatchObject({ code: 'not-authenticated' })
    expect(server.requests).toHaveLength(tried)
    entrance = 'gateway'
    jira.resetAuthGate()
    expect((await jira.identity(never)).accountId).toBe('a1')
  })

  test.each(['site', 'gateway'] as const)(
    'is tried once at each entrance, also where the %s took it the last time',
    async (last) => {
      const server = await startCloud(() => 'none')
      const apiUrl = last === 'site' ? server.url : `${server.url}/ex/jira/${CLOUD_ID}`
      const jira = openJira(server.url, { remembered: { deployment: 'cloud', apiUrl } })
      await expect(jira.identity(never)).rejects.toMatchObject({ code: 'not-authenticated' })
      const asked = server.requests.filter(({ headers }) => headers.authorization !== undefined)
      expect(asked.map(({ path }) => path).toSorted()).toEqual([
        `/ex/jira/${CLOUD_ID}/rest/api/3/myself`,
        '/rest/api/3/myself',
      ])
    },
  )

  test('is tried once at a Data Center, also where it took it the last time', async () => {
    const server = await startDataCenter()
    const apiUrl = `${server.url}/jira`
    const remembered = { deployment: 'data-center', apiUrl } as const
    const jira = openJira(apiUrl, { user: null, token: 'revoked', remembered })
    await expect(jira.identity(never)).rejects.toMatchObject({ code: 'not-authenticated' })
    const asked = server.requests.filter(({ headers }) => headers.authorization !== undefined)
    expect(asked).toHaveLength(1)
  })

  test('is reported as it is where there is no gateway', async () => {
    const server = await startRawServer((response, request, n) => {
      if (request.path === '/_edge/tenant_info') answerJson(response, {}, { status: 404 })
      else cloudBehaviour('none')(response, request, n)
    })
    await expect(openJira(server.url).identity(never)).rejects.toMatchObject({ code: 'not-authenticated' })
  })

  test('is not tried at the gateway by someone who is locked out', async () => {
    const server = await startRawServer((response, request, n) => {
      if (!request.path.endsWith('/myself')) return cloudBehaviour('none')(response, request, n)
      answerJson(response, {}, { status: 401, headers: { 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' } })
    })
    await expect(openJira(server.url).identity(never)).rejects.toMatchObject({ isLockedOut: true })
    expect(paths(server).filter((path) => path.endsWith('/myself'))).toHaveLength(1)
    const remembered = { deployment: 'cloud', apiUrl: server.url } as const
    await expect(openJira(server.url, { remembered }).identity(never)).rejects.toMatchObject({
      isLockedOut: true,
    })
    expect(paths(server).filter((path) => path.endsWith('/myself'))).toHaveLength(2)
  })
})

test('a token that expires stops everything; replaced by one with scopes, it is found at the gateway', async () => {
  let entrance: Entrance = 'site'
  const server = await startCloud(() => entrance)
  const jira = openJira(server.url)
  await jira.identity(never)
  entrance = 'none'
  await expect(jira.approximateCount('updated >= 0', never)).rejects.toMatchObject({
    code: 'not-authenticated',
  })
  const sent = server.requests.length
  await expect(jira.identity(never)).rejects.toMatchObject({ code: 'not-authenticated' })
  expect(server.requests).toHaveLength(sent)
  entrance = 'gateway'
  jira.resetAuthGate()
  expect((await jira.about(never)).apiUrl).toContain('/ex/jira/')
})
