import { EVENT_NAMES, events } from '../../../src-shared/contract/events.ts'
import {
  maxParamsLength,
  METHOD_NAMES,
  methods,
  type MethodName,
} from '../../../src-shared/contract/methods.ts'
import type { Method } from '../../../src-shared/contract/schema.ts'
import {
  CONTRACT_VERSION,
  LEAST_CLIENT_HEADER,
  SOCKET_PROTOCOL,
  VERSION_HEADER,
} from '../../../src-shared/contract/version.ts'
import {
  CALL_FAILURES,
  failureResponses,
  failureSchemas,
  failuresOf,
  json,
  modelSchemas,
  refTo,
  schemaOf,
  type Json,
  type JsonObject,
} from './failures.ts'
import { accessPaths } from './access-paths.ts'
import { answers, open, strict, success, takes } from './parts.ts'

/** What the server has besides the calls of the contract: sessions and links, events, and what watches it. */
const otherPaths: JsonObject = {
  ...accessPaths,
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

/** The whole API as an OpenAPI 3.1 document, made of the contract. */
export function openApiDocument(version: string): JsonObject {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Jira TPM',
      version,
      summary: 'Tickets by minute, and runs that rehearse them',
      description: ABOUT,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: '/',
        description:
          'The server that this document came from; http://127.0.0.1:8050 where nothing else was said.',
      },
    ],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: { ...methodPaths(), ...otherPaths },
    components: {
      schemas: { ...modelSchemas(), ...failureSchemas(), Event: eventSchema() },
      responses: failureResponses(),
      securitySchemes: SECURITY,
    },
    'x-events': eventList(),
  }
}

const ABOUT = `Every call is \`POST /api/<method>\` with its parameters as a JSON object, and is answered with \`{"ok": true, "result": …}\` or \`{"ok": false, "error": …}\`; the HTTP status says the same more coarsely.

- **Times** end in \`Ms\` and are epoch milliseconds, or durations in milliseconds; **minutes** are epoch minutes. Times of tickets and runs are the site's.
- **Parameters** are strict: an unknown one is refused. **Results** may get further properties with a new version: leave aside those that you do not know.
- **Scopes**: \`read\` looks on, \`run\` also works runs, \`admin\` also changes what is set and stored. Each operation says which it takes (\`x-scope\`).
- **Version** of the contract: ${CONTRACT_VERSION}. A server serves it and the one before. Each answer has the versions that it serves in the header \`${VERSION_HEADER}\`, and in \`${LEAST_CLIENT_HEADER}\` the first edition of Jira TPM that speaks one of them. A caller that sends its own in the same header is refused with \`other-version\` where it is not among them; one that sends none is taken for one of this version. A socket says it in the same header or, of a browser, as the subprotocol \`${SOCKET_PROTOCOL}${CONTRACT_VERSION}\`.
- **Live**: take a snapshot with its \`seq\`, listen on \`/api/events\`, and ask anew after any gap.`

const TAGS = {
  session: 'What is watched.',
  counts: 'Tickets by minute.',
  tickets: 'The tickets behind the counts.',
  sync: 'Fetching from Jira.',
  runs: 'Runs that make tickets, and their clean-up.',
  audit: 'Whether everything is where it should be.',
  settings: 'The Jira and the store that are set.',
  store: 'Where tickets are kept.',
  data: 'Sample data and tables.',
  events: 'What changes, as it changes.',
  access: 'Who calls, and browsers’ sessions.',
  watching: 'For monitoring.',
}

const SECURITY: JsonObject = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'For programs: `jira-tpm token create --scope read --ttl 8h` on the server’s machine. At most 24 hours.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'jira_tpm_session_8050',
    description:
      'For browsers: set by `POST /api/session`. The name ends in the server’s port, and begins with `__Host-` over https. A request with it must come from the server’s own page (Origin, Sec-Fetch-Site).',
  },
}

function eventSchema(): JsonObject {
  return {
    description: 'A message of /api/events.',
    oneOf: EVENT_NAMES.map((event) => ({
      type: 'object',
      required: ['event', 'payload'],
      properties: { event: { type: 'string', const: event }, payload: schemaOf(events[event].payload) },
    })),
  }
}

/** OpenAPI has no word for what a WebSocket sends: each event, the scope that receives it, and its schema by name. */
function eventList(): JsonObject {
  return Object.fromEntries(
    EVENT_NAMES.map((event) => {
      const { summary: description, scope, payload } = events[event]
      return [event, { description, scope, payload: schemaOf(payload) }]
    }),
  )
}

const LIST = /(?<=<!-- calls -->\n)[\s\S]*(?=<!-- \/calls -->)/

/** docs/api.md with the list of all calls in its place. */
export function apiPage(text: string): string {
  const rows = METHOD_NAMES.map((name) => {
    const { scope, summary } = methods[name]
    return `| \`${name}\` | ${scope} | ${summary} |`
  })
  return text.replace(LIST, `\n| call | scope | |\n|---|---|---|\n${rows.join('\n')}\n\n`)
}

/** POST /api/<method> of every method of the contract. */
function methodPaths(): JsonObject {
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
function readiness(ok: boolean): JsonObject {
  return strict({
    ok: { type: 'boolean', const: ok },
    store: { type: 'string', enum: ['opening', 'up', 'down'] },
    jira: { type: 'string', enum: ['opening', 'open', 'closed'] },
  })
}
