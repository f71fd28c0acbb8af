import { expect, test } from 'vitest'
import { belongsTo, gatewayUrl } from './find-jira.ts'
import type { SendToJira } from './link.ts'

const never = new AbortController().signal
const CLOUD = new URL('https://ada.atlassian.net')

const telling =
  (data: unknown): SendToJira =>
  async () => ({ data, siteMs: 0, accountId: null, tookMs: 0 })

test('a site’s gateway is Atlassian’s, by https; a sandbox is its own', async () => {
  const send = telling({ cloudId: '1f5d-7b3e' })
  expect(await gatewayUrl(CLOUD, { host: 'x', send }, never)).toBe(
    'https://api.atlassian.com/ex/jira/1f5d-7b3e',
  )
  const sandbox = new URL('http://127.0.0.1:8060')
  expect(await gatewayUrl(sandbox, { host: 'x', send }, never)).toBe(
    'http://127.0.0.1:8060/ex/jira/1f5d-7b3e',
  )
})

test.each([{}, { cloudId: '' }, { cloudId: '../../evil' }, { cloudId: 7 }, 'x'])(
  'an answer like %j is no cloud id',
  async (data) => {
    const call = gatewayUrl(CLOUD, { host: 'x', send: telling(data) }, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-broken' })
  },
)

test.each([
  ['https://ada.atlassian.net', true],
  ['https://api.atlassian.com/ex/jira/1', true],
  ['http://ada.atlassian.net', false],
  ['https://ada.atlassian.net.evil.test', false],
  ['nothing', false],
])('%s may get the site’s token: %j', (apiUrl, may) => {
  expect(belongsTo(CLOUD, apiUrl)).toBe(may)
})
