import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  CLASSIC,
  EVENTS,
  SECRET,
  SERVER_10,
  startHookedServer,
  startHookReceiver,
  type HookedServer,
} from '../../test-support/hooked-server.ts'
import { signature } from './deliveries.ts'

const OTHER = { project: { key: 'OPS' } }

let server: HookedServer
afterEach(() => server.stop())

/** Lets the site's time pass as often as a webhook is to be sent again. */
async function passTime(times: number): Promise<void> {
  for (let n = 1; n <= times; n++) {
    await expect.poll(server.counts, { interval: 5 }).toMatchObject({ toRepeat: 1, retried: n - 1 })
    server.sandbox.clock.set(server.sandbox.clock.now() + 7 * 60_000)
  }
}

describe('a webhook', () => {
  beforeEach(async () => {
    server = await startHookedServer()
  })

  test('tells of a ticket that was made, changed, moved and deleted', async () => {
    await server.register()
    const { id } = await server.sandbox.add({ priority: { id: '3' }, labels: ['a'] })
    await server.sandbox.edit('TPM-1', { priority: { id: '2' }, summary: 'Another' })
    await server.sandbox.move('TPM-1', 'OPS')
    await server.sandbox.remove('OPS-1')
    await server.settled()
    const told = ['created TPM-1', 'updated TPM-1', 'updated OPS-1', 'deleted OPS-1']
    expect(server.receiver.said().toSorted()).toEqual(told.toSorted())
    const created = server.receiver.hooks.find(
      ({ body }) => body?.webhookEvent === 'jira:issue_created',
    )?.body
    expect(created).toMatchObject({
      timestamp: server.sandbox.clock.now(),
      issue: { id, fields: { priority: { id: '3' }, labels: ['a'], project: { key: 'TPM' } } },
    })
    const changed = server.receiver.hooks.find(
      ({ body }) => body?.changelog?.items[0]?.['field'] === 'summary',
    )
    expect(changed?.body?.changelog?.items).toEqual([
      {
        field: 'summary',
        fieldtype: 'jira',
        fieldId: 'summary',
        from: null,
        fromString: 'A ticket',
        to: null,
        toString: 'Another',
      },
      {
        field: 'priority',
        fieldtype: 'jira',
        fieldId: 'priority',
        from: '3',
        fromString: 'Medium',
        to: '2',
        toString: 'High',
      },
    ])
  })

  test('tells of it as REST v2 does', async () => {
    await server.register()
    const paragraph = { type: 'paragraph', content: [{ type: 'text', text: 'It is broken.' }] }
    await server.sandbox.add({ description: { type: 'doc', version: 1, content: [paragraph] } })
    await server.settled()
    const seen = (await server.sandbox.request('GET', '/rest/api/2/issue/TPM-1')).body as { fields: object }
    expect(server.receiver.hooks[0]?.body?.issue).toEqual(seen)
    expect(seen.fields).toMatchObject({ description: 'It is broken.' })
  })

  test('is signed over its very bytes, with a name of its own', async () => {
    expect(signature("It's a Secret to Everybody", 'Hello World!')).toBe(
      'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9',
    )
    await server.register()
    for (const summary of ['A “ticket”', 'Ein Fehler – überall']) await server.sandbox.add({ summary })
    await server.settled()
    for (const { headers, text } of server.receiver.hooks) {
      const hex = createHmac('sha256', SECRET).update(Buffer.from(text)).digest('hex')
      expect(headers['x-hub-signature']).toBe(`sha256=${hex}`)
      expect(headers).toMatchObject({ 'x-atlassian-webhook-flow': 'Primary' })
      expect(headers).not.toHaveProperty('x-atlassian-webhook-retry')
    }
    const names = server.receiver.hooks.map(({ headers }) => headers['x-atlassian-webhook-identifier'])
    expect(new Set(names).size).toBe(2)
  })

  test('tells of those tickets alone that match its query, whoever may see them and whatever is indexed', async () => {
    await server.sandbox.setSettings({ hiddenProjects: ['OPS'], indexLag: { kind: 'fixed', ms: 60_000 } })
    await server.register('project = OPS AND priority = High AND labels = URGENT')
    await server.sandbox.add({ priority: { id: '2' }, labels: ['urgent'] })
    await server.sandbox.add({ ...OTHER, priority: { id: '2' }, labels: ['urgent'] })
    await server.sandbox.add({ ...OTHER, priority: { id: '2' } })
    await server.sandbox.add({ ...OTHER, priority: { id: '3' }, labels: ['urgent'] })
    await server.sandbox.edit('OPS-1', { priority: { id: '4' } })
    await server.settled()
    expect(server.receiver.said()).toEqual(['created OPS-1'])
  })

  test('asks for no body, or not at all, and then has none', async () => {
    await server.sandbox.request('POST', CLASSIC, { ...server.registration(), excludeBody: true })
    await server.sandbox.request('POST', CLASSIC, { ...server.registration(), enabled: false })
    await server.sandbox.request('POST', CLASSIC, {
      ...server.registration(),
      events: ['jira:version_released'],
    })
    await server.sandbox.add()
    await server.settled()
    expect(server.receiver.hooks.map(({ text }) => text)).toEqual([''])
  })

  test('comes later of tickets that are deleted many at a time', async () => {
    await server.sandbox.add()
    await server.sandbox.add()
    await server.register()
    await server.sandbox.request('POST', '/rest/api/3/bulk/issues/delete', {
      selectedIssueIdsOrKeys: ['TPM-1', 'TPM-2'],
    })
    await expect.poll(() => server.receiver.said().toSorted()).toEqual(['deleted TPM-1', 'deleted TPM-2'])
    expect(server.receiver.hooks.map(({ headers }) => headers['x-atlassian-webhook-flow'])).toEqual([
      'Secondary',
      'Secondary',
    ])
  })

  test('does not follow who sends it elsewhere', async () => {
    server.receiver.statuses.push(307)
    await server.register()
    await server.sandbox.add()
    await server.settled()
    expect(await server.counts()).toMatchObject({ refused: 1 })
    expect(server.receiver.hooks).toHaveLength(1)
  })
})

describe('a webhook that is refused', () => {
  const RETRIES = [undefined, '1', '2', '3', '4', '5']
  test.each([408, 409, 425, 429, 500, 503])(
    'with %i is sent five times more, for half an hour',
    async (status) => {
      server = await startHookedServer()
      server.receiver.statuses.push(...RETRIES.map(() => status))
      await server.register()
      await server.sandbox.add()
      await passTime(5)
      await expect
        .poll(server.counts)
        .toEqual({ waiting: 0, toRepeat: 0, accepted: 0, refused: 1, retried: 5, lost: 0 })
      expect(server.receiver.hooks.map(({ headers }) => headers['x-atlassian-webhook-retry'])).toEqual(
        RETRIES,
      )
      expect(
        new Set(server.receiver.hooks.map(({ headers }) => headers['x-atlassian-webhook-identifier'])).size,
      ).toBe(1)
      expect(new Set(server.receiver.hooks.map(({ text }) => text)).size).toBe(1)
    },
  )

  test('because nobody was there is sent again, and taken then', async () => {
    server = await startHookedServer()
    const port = new URL(server.receiver.url).port
    await server.receiver.stop()
    await server.register()
    await server.sandbox.add()
    await expect.poll(server.counts).toMatchObject({ toRepeat: 1, accepted: 0 })
    const later = await startHookReceiver([], Number(port))
    server.sandbox.clock.set(server.sandbox.clock.now() + 5 * 60_000)
    await expect.poll(server.counts).toMatchObject({ waiting: 0, accepted: 1, retried: 1 })
    expect(later.said()).toEqual(['created TPM-1'])
    await later.stop()
  })

  test('with another status is not sent again', async () => {
    server = await startHookedServer()
    server.receiver.statuses.push(401)
    await server.register()
    await server.sandbox.add()
    await server.settled()
    expect(await server.counts()).toMatchObject({ refused: 1 })
  })

  test('is not sent again by Data Center', async () => {
    server = await startHookedServer({ deployment: 'data-center' })
    server.receiver.statuses.push(503)
    await server.sandbox.request('POST', SERVER_10, { name: 'tpm', url: server.receiver.url, events: EVENTS })
    await server.sandbox.add()
    await server.settled()
    expect(await server.counts()).toMatchObject({ refused: 1, retried: 0 })
    expect(server.receiver.hooks).toHaveLength(1)
  })
})

describe('a fault makes a webhook', () => {
  beforeEach(async () => {
    server = await startHookedServer()
    await server.register()
  })

  test('late', async () => {
    await server.sandbox.setFaults([{ kind: 'hook-late', ms: 150, times: 1 }])
    const beganMs = performance.now()
    await server.sandbox.add()
    await server.sandbox.add()
    expect(performance.now() - beganMs).toBeLessThan(150)
    await server.settled()
    expect(server.receiver.said()).toEqual(['created TPM-2', 'created TPM-1'])
    expect(performance.now() - beganMs).toBeGreaterThan(149)
  })

  test('come twice, with the same name', async () => {
    await server.sandbox.setFaults([{ kind: 'hook-doubled', times: 1 }])
    await server.sandbox.add()
    await server.settled()
    const names = server.receiver.hooks.map(({ headers }) => headers['x-atlassian-webhook-identifier'])
    expect(names).toEqual([names[0], names[0]])
  })

  test('come out of order', async () => {
    await server.sandbox.setFaults([{ kind: 'hook-out-of-order', times: 1 }])
    await server.sandbox.add()
    await server.sandbox.add()
    await server.settled()
    expect(server.receiver.said()).toEqual(['created TPM-2', 'created TPM-1'])
    await server.sandbox.setFaults([{ kind: 'hook-out-of-order', times: 1 }])
    await server.sandbox.add()
    await expect.poll(() => server.receiver.said(), { timeout: 5_000 }).toContain('created TPM-3')
  })

  test('be lost', async () => {
    await server.sandbox.setFaults([{ kind: 'hook-lost', times: 1 }])
    await server.sandbox.add()
    await server.sandbox.add()
    await server.settled()
    expect(server.receiver.said()).toEqual(['created TPM-2'])
    expect(await server.counts()).toMatchObject({ lost: 1, accepted: 1 })
  })

  test('unsigned, or signed wrongly', async () => {
    await server.sandbox.setFaults([{ kind: 'hook-unsigned', times: 1 }])
    await server.sandbox.add()
    await server.settled()
    await server.sandbox.setFaults([{ kind: 'hook-forged', times: 1 }])
    await server.sandbox.add()
    await server.settled()
    const [unsigned, forged] = server.receiver.hooks
    expect(unsigned?.headers).not.toHaveProperty('x-hub-signature')
    const said = forged?.headers['x-hub-signature']
    expect(said).toMatch(/^sha256=[0-9a-f]{64}$/)
    expect(said).not.toBe(signature(SECRET, forged?.text ?? ''))
  })

  test('several of these at once, and no request is met by them', async () => {
    await server.sandbox.setFaults([
      { kind: 'hook-doubled' },
      { kind: 'hook-unsigned' },
      { kind: 'hook-late', ms: 20 },
    ])
    const answer = await server.sandbox.request('GET', '/rest/api/3/myself')
    expect(answer.status).toBe(200)
    await server.sandbox.add()
    await server.settled()
    expect(server.receiver.hooks).toHaveLength(2)
    for (const { headers } of server.receiver.hooks) expect(headers).not.toHaveProperty('x-hub-signature')
    const { rules } = (await server.sandbox.request('GET', '/sandbox/faults')).body as { rules: object[] }
    expect(rules).toHaveLength(3)
    await server.sandbox.setMood('healthy')
    expect((await server.sandbox.request('GET', '/sandbox/faults')).body).toEqual({ rules: [] })
  })

  test('come before the index knows', async () => {
    await server.sandbox.setFaults([{ kind: 'index-lag', maxMs: 60_000, minMs: 60_000 }])
    const { id } = await server.sandbox.add()
    await server.settled()
    expect(server.receiver.said()).toEqual(['created TPM-1'])
    const search = async (more: object): Promise<unknown> =>
      (await server.sandbox.request('POST', '/rest/api/3/search/jql', { jql: 'project = TPM', ...more })).body
    expect(await search({})).toMatchObject({ issues: [] })
    expect(await search({ reconcileIssues: [Number(id)] })).toMatchObject({ issues: [{ id }] })
  })
})

test(
  'who never answers holds nobody up, and no more wait for him than fit',
  { timeout: 60_000 },
  async () => {
    server = await startHookedServer()
    server.receiver.hang()
    await server.register()
    const beganMs = performance.now()
    for (let n = 0; n < 200; n++) await server.sandbox.add()
    expect((performance.now() - beganMs) / 200).toBeLessThan(50)
    expect(server.receiver.hooks.length).toBeLessThanOrEqual(10)
    for (let n = 0; n < 99; n++) await server.register()
    for (let n = 0; n < 60; n++) await server.sandbox.add()
    const told = (await server.counts()) as { waiting: number; lost: number }
    expect(told.waiting).toBe(5_000)
    expect(told.lost).toBe(200 + 6_000 - 5_000)
  },
)
