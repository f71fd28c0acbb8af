import { Type, type Static } from 'typebox'
import { may } from '../account-view.ts'
import { checked } from '../http/checked.ts'
import { badRequest, errorCollection, JiraRefusal, notFound } from '../http/jira-error.ts'
import { NO_CONTENT, ok, param, type Answer, type Call, type Route } from '../http/route.ts'
import { userName } from '../issues/vocabulary-json.ts'
import { compileFor } from '../search/search.ts'
import { unrestricted, type SandboxSite } from '../site.ts'
import { signsAs } from './issue-event.ts'
import { MAX_WEBHOOKS, type NewWebhook, type Webhook } from './webhook-table.ts'

/** What an administrator asks to be told of, in the two forms in which Jira takes it. */
interface Form {
  readonly path: string
  /** A registration of a request's body; of an edit, over what it was. Throws a 400. */
  readonly read: (site: SandboxSite, body: unknown, old: Webhook | undefined) => NewWebhook
  readonly json: (site: SandboxSite, webhook: Webhook) => object
  /** Whether this Jira has it there. */
  readonly isServed: (site: SandboxSite) => boolean
}

const Text = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength }))
const SHARED = {
  name: Text(255),
  url: Text(2_000),
  events: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
}

const ISSUE_FILTER = 'issue-related-events-section'

const ClassicBody = Type.Object({
  ...SHARED,
  filters: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 10_000 }))),
  excludeBody: Type.Optional(Type.Boolean()),
  enabled: Type.Optional(Type.Boolean()),
  secret: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
})

/** `/rest/webhooks/1.0/webhook`: Cloud, and Data Center until version 9. */
const classic: Form = {
  path: '/rest/webhooks/1.0/webhook',
  isServed: (site) => site.settings().deployment === 'cloud' || !isServer10(site),
  read(_site, body, old) {
    const given: Static<typeof ClassicBody> = checked(ClassicBody, body)
    return {
      ...shared(given, old),
      jql: given.filters?.[ISSUE_FILTER] ?? old?.jql ?? '',
      // One that an edit does not name stays.
      secret: given.secret === undefined ? (old?.secret ?? null) : given.secret,
      excludeBody: given.excludeBody ?? old?.excludeBody ?? false,
      enabled: given.enabled ?? old?.enabled ?? true,
    }
  },
  json: (site, webhook) => ({
    name: webhook.name,
    url: webhook.url,
    events: webhook.events,
    filters: { [ISSUE_FILTER]: webhook.jql },
    excludeBody: webhook.excludeBody,
    enabled: webhook.enabled,
    self: `${site.baseUrl()}${classic.path}/${webhook.id}`,
    lastUpdatedUser: site.settings().deployment === 'cloud' ? site.identity.accountId : userName(site),
    lastUpdatedDisplayName: 'Sandbox User',
    lastUpdated: webhook.updatedMs,
    // Servers of that time do not know the word.
    ...(site.settings().deployment === 'cloud' && { isSigned: signsAs(site, webhook) !== null }),
  }),
}

const YesOrNo = Type.Optional(Type.Union([Type.Boolean(), Type.Literal('true'), Type.Literal('false')]))
const ServerBody = Type.Object({
  ...SHARED,
  active: YesOrNo,
  configuration: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 10_000 }))),
})

/** `/rest/jira-webhook/1.0/webhooks`: Data Center from version 10 on. The secret is one of its configuration. */
const server10: Form = {
  path: '/rest/jira-webhook/1.0/webhooks',
  isServed: (site) => site.settings().deployment === 'data-center' && isServer10(site),
  read(_site, body, old) {
    const given: Static<typeof ServerBody> = checked(ServerBody, body)
    const { FILTERS, EXCLUDE_BODY, SECRET } = given.configuration ?? {}
    return {
      ...shared(given, old),
      jql: FILTERS ?? old?.jql ?? '',
      secret: SECRET ?? old?.secret ?? null,
      excludeBody: EXCLUDE_BODY === undefined ? (old?.excludeBody ?? false) : EXCLUDE_BODY === 'true',
      enabled: given.active === undefined ? (old?.enabled ?? true) : String(given.active) === 'true',
    }
  },
  json: (_site, webhook) => ({
    id: webhook.id,
    name: webhook.name,
    url: webhook.url,
    events: webhook.events,
    active: webhook.enabled,
    scopeType: 'global',
    configuration: { FILTERS: webhook.jql, EXCLUDE_BODY: String(webhook.excludeBody) },
    sslVerificationRequired: true,
    createdDate: webhook.createdMs,
    updatedDate: webhook.updatedMs,
  }),
}

function isServer10(site: SandboxSite): boolean {
  return site.settings().serverVersion.startsWith('10.')
}

function shared(
  { name = '', url = '', events = [] }: { name?: string; url?: string; events?: string[] },
  old: Webhook | undefined,
): Pick<NewWebhook, 'name' | 'url' | 'events'> {
  return {
    name: name || (old?.name ?? ''),
    url: url || (old?.url ?? ''),
    events: events.length > 0 ? events : (old?.events ?? []),
  }
}

/** The endpoints of both forms. */
export const WEBHOOK_ROUTES: readonly Route[] = [classic, server10].flatMap(routesOf)

function routesOf(form: Form): Route[] {
  const one = `${form.path}/:webhookId`
  const route = (
    method: Route['method'],
    path: string,
    handle: (site: SandboxSite, call: Call) => Answer,
  ): Route => ({
    method,
    path,
    anonymous: null,
    handle(site, call) {
      if (!form.isServed(site))
        throw new JiraRefusal(404, { message: `null for uri: ${path}`, 'status-code': 404 })
      if (!may(site.settings(), 'administer')) throw mayNot()
      return handle(site, call)
    },
  })
  return [
    route('GET', form.path, (site) => ok(site.webhooks.all().map((webhook) => form.json(site, webhook)))),
    route('POST', form.path, (site, call) => {
      if (site.webhooks.all().length >= MAX_WEBHOOKS) throw badRequest('There are too many webhooks.')
      const parts = checkedParts(site, form.read(site, call.body, undefined))
      return { status: 201, body: form.json(site, site.webhooks.add(parts, site.clock.now())) }
    }),
    route('GET', one, (site, call) => ok(form.json(site, webhookOf(site, call)))),
    route('PUT', one, (site, call) => {
      const old = webhookOf(site, call)
      const parts = checkedParts(site, form.read(site, call.body, old))
      return ok(form.json(site, site.webhooks.replace(old.id, parts, site.clock.now())))
    }),
    route('DELETE', one, (site, call) => {
      site.webhooks.remove(webhookOf(site, call).id)
      return NO_CONTENT
    }),
  ]
}

function webhookOf(site: SandboxSite, call: Call): Webhook {
  const webhook = site.webhooks.find(Number(param(call, 'webhookId')))
  if (webhook === undefined) throw notFound('The webhook does not exist.')
  return webhook
}

function mayNot(): JiraRefusal {
  return new JiraRefusal(403, errorCollection(['You must be a Jira administrator to manage webhooks.']))
}

/** Throws Jira's 400 for what cannot be sent anywhere, and for a query that is none. */
function checkedParts(site: SandboxSite, parts: NewWebhook): NewWebhook {
  if (parts.name === '') throw badRequest('The name of the webhook is required.')
  if (!mayBeSentTo(site, parts.url)) throw badRequest(`The URL '${parts.url}' cannot be used for a webhook.`)
  if (parts.jql !== '') compileFor(unrestricted(site), parts.jql, site.clock.now())
  return parts
}

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost']

/** Cloud sends to https alone; the sandbox, which is on the receiver's own machine, to plain http there as well. */
function mayBeSentTo(site: SandboxSite, text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  if (protocol === 'https:') return true
  return protocol === 'http:' && (site.settings().deployment === 'data-center' || LOOPBACK.includes(hostname))
}

/** Webhooks that end by themselves are for apps; the account of an API token is none. */
export const dynamicWebhooks: readonly Route[] = (['GET', 'POST'] as const).map((method) => ({
  method,
  path: '/rest/api/3/webhook',
  anonymous: null,
  handle: () => {
    throw new JiraRefusal(403, errorCollection(['The caller is not a Connect or OAuth 2.0 app.']))
  },
}))
