import { createHmac } from 'node:crypto'
import { isoInstant } from '../../src-shared/domain/minute.ts'
import type { StoredOutput } from '../store/alerts/outputs.ts'
import type { AlertMessage } from '../../src-shared/contract/alerts/alerts.ts'
import type { OutRequest } from './send.ts'
import { targetOf } from './target.ts'

/** What a receiver is told of a message. */
interface RequestParts {
  readonly output: Pick<StoredOutput, 'kind' | 'url' | 'needsSecret'>
  readonly secret: string | null
  readonly message: AlertMessage
  /** Opens its very span; null where no dashboard is served here. */
  readonly link: string | null
  /** The machine's epoch ms. */
  readonly nowMs: number
}

/** For how long an Alertmanager takes an alert for running when it is told nothing more. */
const ALERTMANAGER_MS = 5 * 60_000

/** As much as Slack and PagerDuty take. */
const MAX = { slackHeader: 150, slackText: 3_000, pagerduty: 1_024 }

/** A message as its kind of output takes it. Throws `usage` where the secret is not one of this output. */
export function requestOf(parts: RequestParts): OutRequest {
  const { output, message, secret } = parts
  const { url, authorization } = targetOf(output, secret)
  const body = JSON.stringify(BODIES[output.kind](parts))
  const isSigned = output.kind === 'webhook' && secret !== null
  return {
    url: addressed(url, output.kind),
    headers: {
      'idempotency-key': keyOf(message),
      ...(authorization !== null && { authorization }),
      ...(isSigned && { 'x-hub-signature-256': signature(body, secret) }),
    },
    body,
  }
}

/** The same whenever the same message is sent. */
function keyOf({ alertId, key }: AlertMessage): string {
  return `${alertId}/${key}`
}

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
function signature(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

function addressed(url: URL, kind: StoredOutput['kind']): URL {
  const path = {
    alertmanager: '/api/v2/alerts',
    pagerduty: '/v2/enqueue',
    webhook: '',
    slack: '',
    teams: '',
  }[kind]
  const whole = new URL(url)
  if (path !== '' && !whole.pathname.endsWith(path)) whole.pathname = whole.pathname.replace(/\/$/, '') + path
  return whole
}

const BODIES: Record<StoredOutput['kind'], (parts: RequestParts) => unknown> = {
  webhook: ({ message, link }) => ({
    version: 1,
    event: `alert.${message.transition}`,
    id: keyOf(message),
    link,
    ...message,
  }),
  slack,
  teams,
  alertmanager,
  pagerduty,
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
function slack({ message, link }: RequestParts): unknown {
  const { title, sentences } = message
  const header = { type: 'plain_text', text: cut(title, MAX.slackHeader), emoji: false }
  const said = { type: 'plain_text', text: cut(sentences.join('\n') || title, MAX.slackText), emoji: false }
  const open = { type: 'button', text: { type: 'plain_text', text: 'Open the span' }, url: link }
  return {
    text: slackEscaped([title, ...sentences].join('\n')),
    blocks: [
      { type: 'header', text: header },
      { type: 'section', text: said },
      ...(link === null ? [] : [{ type: 'actions', elements: [open] }]),
    ],
  }
}

/** What notifications show is read as Slack's markup. https://docs.slack.dev/messaging/formatting-message-text */
function slackEscaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** An Adaptive Card, as Teams' workflows take it. Its runs of text, unlike its blocks, are not read as Markdown. */
function teams({ message, link }: RequestParts): unknown {
  const { title, sentences } = message
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      cardText(title, { weight: 'bolder', size: 'medium' }),
      ...sentences.map((sentence) => cardText(sentence, {})),
    ],
    ...(link !== null && { actions: [{ type: 'Action.OpenUrl', title: 'Open the span', url: link }] }),
  }
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }
  return { type: 'message', summary: title, attachments: [attachment] }
}

function cardText(text: string, style: object): unknown {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...style }] }
}

/**
 * https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml. What it knows an alert by are the labels, so they
 * are the same for as long as it runs.
 */
function alertmanager({ message, link, nowMs }: RequestParts): unknown {
  const { title, sentences, rule, site, alertId, rehearsal } = message
  const isOver = message.transition === 'resolved'
  const alert = {
    labels: {
      alertname: 'JiraTickets',
      severity: severityOf(message),
      site,
      rule: rule.name,
      alert: alertId,
      ...(rehearsal !== null && { rehearsal: 'true' }),
    },
    annotations: { summary: title, description: sentences.join('\n') },
    // The site's clock may be ahead of this machine's; it keeps the earliest.
    startsAt: isoInstant(Math.min(message.atMs, nowMs - 1_000)),
    endsAt: isoInstant(isOver ? nowMs : nowMs + ALERTMANAGER_MS),
    ...(link !== null && { generatorURL: link }),
  }
  return [alert]
}

/** https://developer.pagerduty.com/docs/send-alert-event */
function pagerduty({ message, secret, link }: RequestParts): unknown {
  const { title, sentences, numbers, rule, site, alertId } = message
  const key = { routing_key: secret, dedup_key: alertId }
  if (message.transition === 'resolved') return { ...key, event_action: 'resolve' }
  return {
    ...key,
    event_action: 'trigger',
    payload: {
      summary: cut(title, MAX.pagerduty),
      source: site,
      severity: severityOf(message),
      timestamp: isoInstant(message.atMs),
      component: rule.name,
      custom_details: { sentences, numbers },
    },
    client: 'Jira TPM',
    ...(link !== null && { client_url: link, links: [{ href: link, text: 'Open the span' }] }),
  }
}

function severityOf({ rehearsal }: AlertMessage): 'critical' | 'info' {
  return rehearsal === null ? 'critical' : 'info'
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
