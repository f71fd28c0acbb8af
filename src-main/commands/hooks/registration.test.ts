import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { alike, never, openBoth, TICKET, type Opened } from '../../../test-support/jira/both.ts'
import { startRawServer } from '../../../test-support/jira/jira.ts'
import { createDataCenterJira } from '../../jira/data-center/data-center.ts'
import { createCloudJira } from '../../jira/cloud/cloud.ts'
import { machineClock } from '../../runtime/clock.ts'
import {
  EVENTS,
  faultsOf,
  mayNotRegister,
  ourWebhooks,
  registerWebhook,
  removeWebhooks,
  wantedWebhook,
} from './registration.ts'

const URL_OF_OURS = 'https://tpm.example.com/hooks/jira'
const WANTED = wantedWebhook(URL_OF_OURS, 'TPM')
const SECRET = 'a secret for webhooks'
const secretOf = async (): Promise<string> => SECRET

const register = (jira: Opened['jira'], wanted = WANTED) => registerWebhook(jira, wanted, secretOf, never)

describe('a webhook is registered', () => {
  test('once however often it is asked for, by project alone', async () => {
    const told = await alike({}, async ({ jira }) => {
      const first = await register(jira)
      const second = await register(jira)
      const all = await jira.webhooks(never)
      const { isSigned: _said, ...webhook } = second.webhook
      return { made: [first.made, second.made], count: all.length, webhook }
    })
    expect(told).toEqual({
      made: [true, false],
      count: 1,
      webhook: {
        id: '1',
        name: 'Jira TPM: TPM',
        url: URL_OF_OURS,
        events: EVENTS,
        jql: 'project = "TPM"',
        isEnabled: true,
        hasBody: true,
      },
    })
  })

  test('once although two do so at the same moment, and signs with the secret that is kept', async () => {
    const receiver = await startRawServer((response) => void response.writeHead(204).end())
    const wanted = wantedWebhook(`${receiver.url}/hooks/jira`, null)
    for (const { jira, server } of await openBoth({})) {
      let kept = 'the first one that is kept'
      const keeping = async (secret: string): Promise<string> => {
        kept = secret
        return kept
      }
      await Promise.all([
        registerWebhook(jira, wanted, async () => kept, never),
        registerWebhook(jira, wanted, () => keeping('the last one that is kept'), never),
      ])
      expect(await ourWebhooks(jira, wanted.url, never)).toHaveLength(1)
      const before = receiver.requests.length
      await jira.create(TICKET, never)
      await expect.poll(() => receiver.requests.length).toBe(before + 1)
      const hook = receiver.requests[before]

      const hex = createHmac('sha256', kept).update(JSON.stringify(hook?.body)).digest('hex')
      expect(hook?.headers['x-hub-signature']).toBe(`sha256=${hex}`)
      expect(await removeWebhooks(jira, wanted.url, never)).toBe(1)
      expect(server.bugs).toEqual([])
    }
  })

  test('over one that somebody made wrong, and leaves others alone', async () => {
    for (const { jira } of await openBoth({})) {
      const other = { ...WANTED, url: 'https://other.example.com/hooks/jira', id: null, secret: SECRET }
      await jira.saveWebhook(other, never)
      await jira.saveWebhook(
        { ...WANTED, id: null, secret: SECRET, jql: 'priority = High', events: ['jira:issue_created'] },
        never,
      )
      const [wrong] = await ourWebhooks(jira, URL_OF_OURS, never)
      if (wrong === undefined) throw new Error('It was registered')
      expect(faultsOf(wrong, WANTED)).toEqual([
        'It does not tell of jira:issue_updated, jira:issue_deleted.',
        'Its JQL is by priority (priority = High): of a ticket that is lowered nothing is told.',
      ])
      const { webhook, made } = await register(jira)
      expect([made, webhook.id, faultsOf(webhook, WANTED)]).toEqual([false, wrong.id, []])
      expect(await removeWebhooks(jira, URL_OF_OURS, never)).toBe(1)
      expect((await jira.webhooks(never)).map(({ url }) => url)).toEqual([other.url])
      expect(await removeWebhooks(jira, URL_OF_OURS, never)).toBe(0)
    }
  })

  test('where the answer to it is lost and it was registered all the same', async () => {
    for (const { jira, server } of await openBoth({})) {
      await server.setFaults([{ kind: 'reset-after', times: 1, match: { method: 'POST' } }])
      expect((await register(jira)).made).toBe(true)
      expect(await jira.webhooks(never)).toHaveLength(1)
    }
  })
})

describe('no webhook is registered', () => {
  test('by an account that is no administrator, or with a token of scopes', async () => {
    for (const { jira, server } of await openBoth({})) {
      await server.setFaults([{ kind: 'no-permission', permission: 'administer' }])
      const error: unknown = await register(jira).catch((thrown: unknown) => thrown)
      expect(mayNotRegister(error)).toBe(true)
      await server.setFaults([])
      expect(await jira.webhooks(never)).toEqual([])
    }
    const [cloud] = await openBoth({})
    if (cloud === undefined) throw new Error('Two are opened')
    const { url, siteId, email, apiToken } = cloud.server
    const gateway = { url: `${url}/ex/jira/${siteId}`, email, apiToken, clock: machineClock }
    const error: unknown = await register(createCloudJira(gateway)).catch((thrown: unknown) => thrown)
    expect(mayNotRegister(error)).toBe(true)
  })

  test('where the Jira is away, which is another thing', async () => {
    const server = await startRawServer((response) => void response.socket?.destroy())
    const jira = createDataCenterJira({
      url: server.url,
      token: 'token',
      clock: machineClock,
      retryPolicy: { maxRetries: 0, longestAskedWaitMs: 0, afterTimeout: false },
    })
    const error: unknown = await register(jira).catch((thrown: unknown) => thrown)
    expect(mayNotRegister(error)).toBe(false)
  })

  test('with a server that signs nothing: none stays, and it is said', async () => {
    const [, old] = await openBoth({})
    if (old === undefined) throw new Error('Two are opened')
    await old.server.setFaults([{ kind: 'older-server' }])
    await expect(register(old.jira)).rejects.toMatchObject({
      code: 'jira-refused',
      hint: expect.stringContaining('version 10') as string,
    })
    expect(await old.jira.webhooks(never)).toEqual([])
  })
})

describe('a registration', () => {
  const RIGHT = { ...WANTED, id: '1', isEnabled: true, hasBody: true, isSigned: true }

  test.each([{}, { isSigned: null }, { jql: '' }])('with %j is right', (more) => {
    expect(faultsOf({ ...RIGHT, ...more }, WANTED)).toEqual([])
  })

  test.each([
    [{ isEnabled: false }, /switched off/],
    [{ hasBody: false }, /body/],
    [{ isSigned: false }, /not signed/],
    [{ jql: 'project = OPS' }, /Its JQL is project = OPS, and not project = "TPM"/],
  ])('with %j is not', (wrong, sentence) => {
    expect(faultsOf({ ...RIGHT, ...wrong }, WANTED)).toEqual([expect.stringMatching(sentence)])
  })

  test('of one project is too little where all are watched', () => {
    expect(faultsOf(RIGHT, wantedWebhook(URL_OF_OURS, null))).toEqual([
      expect.stringContaining('leaves tickets out') as string,
    ])
  })
})
