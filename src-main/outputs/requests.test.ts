import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { testMessage, testOutput } from '../../test-support/outputs/receiver.ts'
import type { StoredOutput } from '../store/alerts/outputs.ts'
import type { AlertMessage } from '../../src-shared/contract/alerts/alerts.ts'
import { requestOf } from './requests.ts'

const NOW = Date.parse('2026-01-01T00:10:00Z')
const LINK = 'https://tpm.example.com/#from=a&to=b'

function request(
  output: Partial<StoredOutput>,
  {
    secret = null,
    link = LINK,
    message = testMessage('a1'),
  }: { secret?: string | null; link?: string | null; message?: AlertMessage } = {},
) {
  const needsSecret = secret !== null
  const { url, headers, body } = requestOf({
    output: testOutput('o', { needsSecret, ...output }),
    secret,
    message,
    link,
    nowMs: NOW,
  })
  return { url: url.href, headers, body, json: JSON.parse(body) as Record<string, unknown> }
}

test('a webhook gets all of the message, signed as GitHub does, under a key that a repeat has too', () => {
  const { url, headers, body, json } = request({}, { secret: 'key of the hook' })
  expect(url).toBe('https://alerts.example.com/hook')
  expect(json).toMatchObject({
    version: 1,
    event: 'alert.started',
    id: 'a1/started',
    link: LINK,
    title: expect.any(String),
  })
  const signed = createHmac('sha256', 'key of the hook').update(body).digest('hex')
  expect(headers).toMatchObject({
    'x-hub-signature-256': `sha256=${signed}`,
    'idempotency-key': 'a1/started',
  })
  expect(request({}).headers).not.toHaveProperty('x-hub-signature-256')
})

test('Slack gets text that it does not read as markup, and a button that opens the span', () => {
  const message = testMessage('a1', { title: `<!channel> ${'x'.repeat(200)}` })
  const { url, json } = request(
    { kind: 'slack', url: 'https://hooks.slack.com' },
    { secret: 'https://hooks.slack.com/services/T/B/X', message },
  )
  expect(url).toBe('https://hooks.slack.com/services/T/B/X')
  expect(json['text']).toMatch(/^&lt;!channel&gt; x/)
  const [header, section, actions] = json['blocks'] as { text: { type: string; text: string } }[]
  expect(header?.text).toMatchObject({ type: 'plain_text', text: expect.stringMatching(/^<!channel>.*…$/) })
  expect(header?.text.text).toHaveLength(150)
  expect(section?.text.type).toBe('plain_text')
  expect(JSON.stringify(actions)).toContain(LINK)
})

test('Teams gets a card of plain runs of text, with the span behind its button', () => {
  const { json } = request(
    { kind: 'teams', url: 'https://x.logic.azure.com' },
    {
      secret: 'https://x.logic.azure.com/workflows/1?sig=s',
      message: testMessage('a1', { title: '[a](https://b)' }),
    },
  )
  const [attachment] = json['attachments'] as {
    contentType: string
    content: { body: unknown[]; actions: unknown[] }
  }[]
  expect(attachment?.contentType).toBe('application/vnd.microsoft.card.adaptive')
  expect(attachment?.content.body[0]).toMatchObject({
    type: 'RichTextBlock',
    inlines: [{ type: 'TextRun', text: '[a](https://b)' }],
  })
  expect(attachment?.content.actions).toEqual([{ type: 'Action.OpenUrl', title: 'Open the span', url: LINK }])
})

test('an Alertmanager knows an alert by labels that stay the same, and takes it for running five minutes more', () => {
  const output = { kind: 'alertmanager', url: 'https://am.example.com/prefix' } as const
  const at = (transition: AlertMessage['transition']) => {
    const { body } = request(output, { message: testMessage('a1', { transition, title: transition }) })
    return (JSON.parse(body) as { labels: object; startsAt: string; endsAt: string }[])[0]
  }
  expect(request(output).url).toBe('https://am.example.com/prefix/api/v2/alerts')
  expect(at('started')).toMatchObject({
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '2026-01-01T00:15:00Z',
  })
  expect(at('resolved')).toMatchObject({ endsAt: '2026-01-01T00:10:00Z' })
  expect(at('doubled')?.labels).toEqual(at('started')?.labels)
  expect(at('resolved')?.labels).toEqual(at('started')?.labels)
  const ahead = testMessage('a1', { atMs: NOW + 60_000, transition: 'resolved' })
  const [late] = JSON.parse(request(output, { message: ahead }).body) as {
    startsAt: string
    endsAt: string
  }[]
  expect(Date.parse(late?.startsAt ?? '')).toBeLessThan(Date.parse(late?.endsAt ?? ''))
})

test('an Alertmanager that wants a log-in gets it in the header, and not in the address', () => {
  const { url, headers, body } = request(
    { kind: 'alertmanager', url: 'https://am.example.com' },
    { secret: 'https://ops:p%40ss@am.example.com' },
  )
  expect(url).toBe('https://am.example.com/api/v2/alerts')
  expect(headers['authorization']).toBe(`Basic ${Buffer.from('ops:p@ss').toString('base64')}`)
  expect(body + url).not.toContain('p%40ss')
})

test('PagerDuty gets the alert as its key for removing duplicates, and its end by the same', () => {
  const output = { kind: 'pagerduty', url: 'https://events.pagerduty.com' } as const
  const { url, json } = request(output, { secret: 'R0UT1NG' })
  expect(url).toBe('https://events.pagerduty.com/v2/enqueue')
  expect(json).toMatchObject({
    routing_key: 'R0UT1NG',
    dedup_key: 'a1',
    event_action: 'trigger',
    links: [{ href: LINK }],
  })
  const over = request(output, { secret: 'R0UT1NG', message: testMessage('a1', { transition: 'resolved' }) })
  expect(over.json).toEqual({ routing_key: 'R0UT1NG', dedup_key: 'a1', event_action: 'resolve' })
})

test('a rehearsal rings nobody as an emergency, where receivers tell them apart', () => {
  const message = testMessage('a1', { rehearsal: 'run-7', title: 'REHEARSAL: 31 tickets' })
  const pager = request(
    { kind: 'pagerduty', url: 'https://events.pagerduty.com' },
    { secret: 'R0UT1NG', message },
  )
  expect(pager.json).toMatchObject({ payload: { severity: 'info', summary: 'REHEARSAL: 31 tickets' } })
  const [alert] = JSON.parse(request({ kind: 'alertmanager' }, { message }).body) as { labels: object }[]
  expect(alert?.labels).toMatchObject({ severity: 'info', rehearsal: 'true' })
})

test('a secret is sent to no other server than the one that it was given for', () => {
  const secret = 'https://hooks.slack.com.evil.example/services/T/B/X'
  const sent = (): unknown => request({ kind: 'slack', url: 'https://hooks.slack.com' }, { secret })
  expect(sent).toThrow(/another server/)
  expect(sent).not.toThrow(/services/)
})

test('where no dashboard is served, nothing links to one', () => {
  expect(request({}, { link: null }).json['link']).toBeNull()
  const slack = request({ kind: 'slack', url: 'https://h.test' }, { secret: 'https://h.test/x', link: null })
  expect(slack.json['blocks']).toHaveLength(2)
})
