import {
  maxParamsLength,
  METHOD_NAMES,
  methods,
  type MethodName,
} from '../../../src-shared/contract/methods.ts'
import { SCOPES, type Method, type Scope } from '../../../src-shared/contract/schema.ts'
import { CALL_FAILURES, failuresOf, json } from './failures.ts'
import { refTo, schemaOf, type Json, type JsonObject } from './schemas.ts'

/** POST /api/<method> of every method of the contract. */
export function methodPaths(): JsonObject {
  return Object.fromEntries(METHOD_NAMES.map((name) => [`/api/${name}`, { post: call(name) }]))
}

function call(name: MethodName): JsonObject {
  const { scope, summary, description, params, result, example = {} }: Method = methods[name]
  const most = maxParamsLength(name)
  return {
    operationId: name,
    tags: [name.slice(0, name.indexOf('.'))],
    summary,
    description: `${description}\n\nTakes a caller of scope \`${scope}\`, and at most ${most.toLocaleString('en-US')} characters of parameters.`,
    ...takes(scope),
    'x-max-characters': most,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: schemaOf(params), example: example as Json } },
    },
    responses: answers('The result.', success(schemaOf(result)), CALL_FAILURES),
  }
}

/** A token or a session, of the scope or one that allows more. */
function takes(scope: Scope): JsonObject {
  return { security: [{ token: [scope] }, { session: [scope] }], 'x-scope': scope }
}

function answers(description: string, schema: JsonObject, failures: readonly number[]): JsonObject {
  return { 200: { description, content: json(schema) }, ...failuresOf(failures) }
}

/** What every call that succeeded is answered with. */
function success(result: Json): JsonObject {
  return loose({ ok: { type: 'boolean', const: true }, result })
}

function loose(properties: JsonObject): JsonObject {
  return { type: 'object', required: Object.keys(properties), properties }
}

function strict(properties: JsonObject): JsonObject {
  return { ...loose(properties), additionalProperties: false }
}

const open: JsonObject = { security: [] }
const scope: JsonObject = {
  type: 'string',
  enum: SCOPES,
  description: 'Each allows what those before it do.',
}

const caller = loose({
  kind: { type: 'string', enum: ['token', 'session'] },
  scope,
  expiresMs: refTo('EpochMs'),
})

function readiness(ok: boolean): JsonObject {
  return strict({
    ok: { type: 'boolean', const: ok },
    store: { type: 'string', enum: ['opening', 'up', 'down'] },
    jira: { type: 'string', enum: ['opening', 'open', 'closed'] },
  })
}

/** What the server has besides the calls of the contract: sessions and links, events, and what watches it. */
export const otherPaths: JsonObject = {
  '/api/session': {
    get: {
      operationId: 'session.caller',
      tags: ['access'],
      summary: 'Who calls',
      description: 'What the caller may do, and until when.',
      ...takes('read'),
      responses: answers('The caller.', success(caller), [400, 401, 403, 429]),
    },
    post: {
      operationId: 'session.begin',
      tags: ['access'],
      summary: 'Trade a one-time link for a session',
      description:
        'What the dashboard does when a person opens the link that `jira-tpm token link` gave: its fragment has the code. The answer sets the session’s cookie (HttpOnly, SameSite=Strict), which no script can read. A code works once.',
      ...open,
      requestBody: { required: true, content: json(strict({ code: { type: 'string', maxLength: 128 } })) },
      responses: {
        200: {
          description: 'The session has begun.',
          headers: { 'Set-Cookie': { description: 'The session.', schema: { type: 'string' } } },
          content: json(success(loose({ scope }))),
        },
        ...failuresOf([400, 401, 403, 413, 415, 429]),
      },
    },
  },
  '/api/session/end': {
    post: {
      operationId: 'session.end',
      tags: ['access'],
      summary: 'Sign out',
      description:
        'Ends the session whose cookie comes with the request, and its events. A token ends by `jira-tpm token revoke`.',
      security: [{ session: ['read'] }],
      'x-scope': 'read',
      responses: answers('The session has ended.', success(loose({})), [400, 401, 403, 429]),
    },
  },
  '/api/events': {
    get: {
      operationId: 'events.listen',
      tags: ['events'],
      summary: 'Subscribe to changes',
      description:
        'A WebSocket: `GET` with `Upgrade: websocket` and the token in `Authorization` (or a page’s session). The server sends one JSON text a message, each an `Event`; `x-events` of this document says what each one means, and which scope receives it. Nothing is sent the other way: any message is answered with a `Failure`, and the socket closes with 1003. It closes with 1008 when the token or session ends. A client that is too slow is disconnected; it connects again and asks anew for what it shows, as every client does after a gap.',
      ...takes('read'),
      'x-message': refTo('Event'),
      responses: {
        101: { description: 'The socket is open; each message is an `Event`.' },
        ...failuresOf([400, 401, 403, 429, 503]),
      },
    },
  },
  '/health': {
    get: {
      operationId: 'server.health',
      tags: ['watching'],
      summary: 'Whether the server lives',
      description:
        'For what restarts it. Says nothing of the store and the Jira: a restart does not mend those.',
      ...open,
      responses: answers('It lives.', strict({ ok: { type: 'boolean', const: true } }), [403]),
    },
  },
  '/ready': {
    get: {
      operationId: 'server.ready',
      tags: ['watching'],
      summary: 'Whether calls can be answered',
      description: 'For what sends traffic to it: the store can be used, and the Jira is open.',
      ...open,
      responses: {
        ...answers('Calls are answered.', readiness(true), [403]),
        503: { description: 'They would fail now.', content: json(readiness(false)) },
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'server.metrics',
      tags: ['watching'],
      summary: 'Numbers for Prometheus',
      description:
        'In Prometheus’ text format; docs/metrics.md lists them. With `--open-metrics` they are open to programs of the server’s own machine.',
      security: [{ token: ['read'] }, { session: ['read'] }, {}],
      'x-scope': 'read',
      responses: {
        200: { description: 'All numbers.', content: { 'text/plain': { schema: { type: 'string' } } } },
        ...failuresOf([400, 401, 403, 429]),
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'server.openapi',
      tags: ['watching'],
      summary: 'This document',
      description: 'As this very server means it. Open: it holds no secret.',
      ...open,
      responses: answers('OpenAPI 3.1.', { type: 'object' }, [403]),
    },
  },
}
