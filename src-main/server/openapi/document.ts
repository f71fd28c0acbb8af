import { EVENT_NAMES, events } from '../../../src-shared/contract/events.ts'
import { METHOD_NAMES, methods } from '../../../src-shared/contract/methods.ts'
import { CONTRACT_VERSION, VERSION_HEADER } from '../../../src-shared/contract/version.ts'
import { failureResponses, failureSchemas } from './failures.ts'
import { methodPaths, otherPaths } from './paths.ts'
import { modelSchemas, schemaOf, type JsonObject } from './schemas.ts'

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
- **Version** of the contract: ${CONTRACT_VERSION}. Each answer has the versions that the server serves in the header \`${VERSION_HEADER}\`. A caller that sends its own in the same header is refused with \`other-version\` where it is not among them; one that sends none is taken for served.
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
