import { SCOPES } from '../../../src-shared/contract/scopes.ts'
import { failuresOf, json } from './failures.ts'
import { securityOf, success } from './operations.ts'
import { refTo, type Json, type JsonObject } from './schemas.ts'

/** What the server has besides the calls of the contract: sessions and links, events, and what watches it. */
export function doorPaths(): JsonObject {
  return {
    '/api/session': { get: readSession, post: beginSession },
    '/api/session/end': { post: endSession },
    '/api/events': { get: listen },
    '/health': { get: health },
    '/ready': { get: ready },
    '/metrics': { get: metrics },
    '/openapi.json': { get: thisDocument },
  }
}

const scope: JsonObject = {
  type: 'string',
  enum: SCOPES,
  description: 'Each allows what those before it do.',
}
const open: Json = []

function strict(properties: JsonObject): JsonObject {
  return { ...loose(properties), additionalProperties: false }
}

function loose(properties: JsonObject): JsonObject {
  return { type: 'object', required: Object.keys(properties), properties }
}

const readSession: JsonObject = {
  operationId: 'session.caller',
  tags: ['access'],
  summary: 'Who calls',
  description: 'What the caller may do, and until when.',
  security: securityOf('read'),
  'x-scope': 'read',
  responses: {
    200: {
      description: 'The caller.',
      content: json(
        success(
          loose({
            kind: { type: 'string', enum: ['token', 'session'] },
            scope,
            expiresMs: refTo('EpochMs'),
          }),
        ),
      ),
    },
    ...failuresOf([400, 401, 403, 429]),
  },
}

const beginSession: JsonObject = {
  operationId: 'session.begin',
  tags: ['access'],
  summary: 'Trade a one-time link for a session',
  description:
    'What the dashboard does when a person opens the link that `jira-tpm token link` gave: its fragment has the code. The answer sets the session’s cookie (HttpOnly, SameSite=Strict), which no script can read. A code works once.',
  security: open,
  requestBody: { required: true, content: json(strict({ code: { type: 'string', maxLength: 128 } })) },
  responses: {
    200: {
      description: 'The session has begun.',
      headers: { 'Set-Cookie': { description: 'The session.', schema: { type: 'string' } } },
      content: json(success(loose({ scope }))),
    },
    ...failuresOf([400, 401, 403, 413, 415, 429]),
  },
}

const endSession: JsonObject = {
  operationId: 'session.end',
  tags: ['access'],
  summary: 'Sign out',
  description:
    'Ends the session whose cookie comes with the request, and its events. A token ends by `jira-tpm token revoke`.',
  security: [{ session: ['read'] }],
  'x-scope': 'read',
  responses: {
    200: { description: 'The session has ended.', content: json(success(loose({}))) },
    ...failuresOf([400, 401, 403, 429]),
  },
}

const listen: JsonObject = {
  operationId: 'events.listen',
  tags: ['events'],
  summary: 'Hear what changes',
  description:
    'A WebSocket: `GET` with `Upgrade: websocket` and the token in `Authorization` (or a page’s session). The server sends one JSON text a message, each an `Event`; `x-events` of this document says what each one tells, and which scope hears it. Nothing is sent the other way: any message is answered with a `Failure`, and the socket closes with 1003. It closes with 1008 when the token or session ends. Whoever is too slow is let go, comes back, and asks for what it shows anew: so does everyone after a gap.',
  security: securityOf('read'),
  'x-scope': 'read',
  'x-message': refTo('Event'),
  responses: {
    101: { description: 'The socket is open; each message is an `Event`.' },
    ...failuresOf([400, 401, 403, 429, 503]),
  },
}

const health: JsonObject = {
  operationId: 'server.health',
  tags: ['watching'],
  summary: 'Whether the server lives',
  description:
    'For whoever restarts it. Says nothing of the store and the Jira: a restart does not mend those.',
  security: open,
  responses: {
    200: { description: 'It lives.', content: json(strict({ ok: { type: 'boolean', const: true } })) },
    ...failuresOf([403]),
  },
}

function readySchema(ok: boolean): JsonObject {
  return strict({
    ok: { type: 'boolean', const: ok },
    store: { type: 'string', enum: ['opening', 'up', 'down'] },
    jira: { type: 'string', enum: ['opening', 'open', 'closed'] },
  })
}

const ready: JsonObject = {
  operationId: 'server.ready',
  tags: ['watching'],
  summary: 'Whether calls can be answered',
  description: 'For whoever sends traffic to it: the store can be used, and the Jira is open.',
  security: open,
  responses: {
    200: { description: 'Calls are answered.', content: json(readySchema(true)) },
    503: { description: 'They would fail now.', content: json(readySchema(false)) },
    ...failuresOf([403]),
  },
}

const metrics: JsonObject = {
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
}

const thisDocument: JsonObject = {
  operationId: 'server.openapi',
  tags: ['watching'],
  summary: 'This document',
  description: 'As this very server means it. Open: it holds no secret.',
  security: open,
  responses: {
    200: { description: 'OpenAPI 3.1.', content: json({ type: 'object' }) },
    ...failuresOf([403]),
  },
}
