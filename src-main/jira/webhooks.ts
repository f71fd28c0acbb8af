import { Type, type Static } from 'typebox'
import type { NewRegistration, WebhookRegistration } from './jira.ts'
import type { Link } from './link.ts'
import { ask, askServer, optional } from './rest.ts'
import { CREATE_REPEATS, READ_REPEATS } from './retry.ts'

/** Where a Jira has the webhooks of its administrators, and in which words. */
interface WebhookForm<Bean> {
  readonly path: string
  readonly read: (bean: Bean) => WebhookRegistration
  readonly body: (webhook: NewRegistration) => object
}

const Text = Type.String()
const SHARED = { name: optional(Text), url: Text, events: optional(Type.Array(Text)) }

/** The one section of filters that is about tickets. */
const ISSUE_FILTER = 'issue-related-events-section'

const ClassicBean = Type.Object({
  ...SHARED,
  self: Text,
  filters: optional(Type.Record(Text, optional(Text))),
  enabled: optional(Type.Boolean()),
  excludeBody: optional(Type.Boolean()),
  isSigned: optional(Type.Boolean()),
})

/** Cloud, which says whether it signs. The id is the end of its address. */
const CLASSIC: WebhookForm<Static<typeof ClassicBean>> = {
  path: '/rest/webhooks/1.0/webhook',
  read: ({ name, url, events, self, filters, enabled, excludeBody, isSigned }) => ({
    id: self.split('/').at(-1) ?? '',
    name: name ?? '',
    url,
    events: events ?? [],
    jql: filters?.[ISSUE_FILTER] ?? '',
    isEnabled: enabled !== false,
    hasBody: excludeBody !== true,
    isSigned: isSigned ?? null,
  }),
  body: ({ name, url, events, jql, secret }) => ({
    name,
    url,
    events,
    filters: { [ISSUE_FILTER]: jql },
    excludeBody: false,
    enabled: true,
    secret,
  }),
}

/** Data Center before version 10, which signs nothing where it does not say that it does. */
const SERVER_9: typeof CLASSIC = {
  ...CLASSIC,
  read: (bean) => ({ ...CLASSIC.read(bean), isSigned: bean.isSigned === true }),
}

const ServerBean = Type.Object({
  ...SHARED,
  id: Type.Integer(),
  active: optional(Type.Boolean()),
  configuration: optional(Type.Record(Text, optional(Text))),
})

/**
 * Data Center from version 10 on: the secret is one of its configuration, and one in the place where Cloud has it is silently left
 * aside. Whether it is signed it may not say.
 */
const SERVER_10: WebhookForm<Static<typeof ServerBean>> = {
  path: '/rest/jira-webhook/1.0/webhooks',
  read: ({ id, name, url, events, active, configuration }) => ({
    id: String(id),
    name: name ?? '',
    url,
    events: events ?? [],
    jql: configuration?.['FILTERS'] ?? '',
    isEnabled: active !== false,
    hasBody: configuration?.['EXCLUDE_BODY'] !== 'true',
    isSigned: configuration?.['SECRET'] ? true : null,
  }),
  body: ({ name, url, events, jql, secret }) => ({
    name,
    url,
    events,
    active: true,
    scopeType: 'global',
    configuration: { FILTERS: jql, EXCLUDE_BODY: 'false', SECRET: secret },
  }),
}

const FIRST_SERVER = 10

/** The webhooks of a Cloud site, by its REST API of administrators. */
export function cloudWebhooks(link: Link) {
  return webhooksAt(link, async () => listing(link, ClassicBean, CLASSIC))
}

/** Those of a Data Center server; which version it is it says itself. */
export function serverWebhooks(link: Link) {
  return webhooksAt(link, async (signal) => {
    const { version } = await askServer(link, signal)
    return Number.parseInt(version, 10) >= FIRST_SERVER
      ? listing(link, ServerBean, SERVER_10)
      : listing(link, ClassicBean, SERVER_9)
  })
}

interface Listing {
  readonly path: string
  readonly body: (webhook: NewRegistration) => object
  readonly list: (signal: AbortSignal) => Promise<WebhookRegistration[]>
}

function listing<S extends typeof ClassicBean | typeof ServerBean>(
  link: Link,
  schema: S,
  { path, read, body }: WebhookForm<Static<S>>,
): Listing {
  return {
    path,
    body,
    async list(signal) {
      const request = { method: 'GET', path }
      const options = { repeats: READ_REPEATS, signal }
      const { result } = await ask(link, Type.Array(schema), request, options)
      return result.map(read)
    },
  }
}

function webhooksAt(link: Link, formOf: (signal: AbortSignal) => Promise<Listing>) {
  return {
    async webhooks(signal: AbortSignal): Promise<WebhookRegistration[]> {
      return (await formOf(signal)).list(signal)
    },
    async saveWebhook(webhook: NewRegistration, signal: AbortSignal): Promise<void> {
      const { path, body } = await formOf(signal)
      const { id } = webhook
      const place = id === null ? path : `${path}/${encodeURIComponent(id)}`
      const request = { method: id === null ? 'POST' : 'PUT', path: place, body: body(webhook) }
      await ask(link, Type.Unknown(), request, {
        repeats: id === null ? CREATE_REPEATS : READ_REPEATS,
        signal,
      })
    },
    async deleteWebhook(id: string, signal: AbortSignal): Promise<void> {
      const { path } = await formOf(signal)
      const request = { method: 'DELETE', path: `${path}/${encodeURIComponent(id)}` }
      await ask(link, Type.Unknown(), request, { repeats: READ_REPEATS, signal })
    },
  }
}
