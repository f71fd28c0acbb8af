import type { TSchema } from 'typebox'
import * as alerts from '../../../src-shared/contract/alerts/alerts.ts'
import * as audit from '../../../src-shared/contract/runs/audit.ts'
import * as cleanUp from '../../../src-shared/contract/runs/clean-up.ts'
import * as drills from '../../../src-shared/contract/alerts/drills.ts'
import * as fields from '../../../src-shared/contract/fields.ts'
import * as overview from '../../../src-shared/contract/overview.ts'
import * as runOutlines from '../../../src-shared/contract/runs/run-outlines.ts'
import * as runs from '../../../src-shared/contract/runs/runs.ts'
import * as basics from '../../../src-shared/contract/schema.ts'
import * as screens from '../../../src-shared/contract/screens.ts'
import * as settings from '../../../src-shared/contract/settings.ts'
import * as store from '../../../src-shared/contract/store.ts'
import * as tickets from '../../../src-shared/contract/tickets.ts'
import * as differs from '../../../src-shared/contract/alerts/differs.ts'
import * as hooks from '../../../src-shared/contract/hooks.ts'
import * as marks from '../../../src-shared/contract/marks.ts'
import * as usual from '../../../src-shared/contract/alerts/usual.ts'
import * as outputs from '../../../src-shared/contract/alerts/outputs.ts'
import * as views from '../../../src-shared/contract/views.ts'
import type { ErrorCode } from '../../../src-shared/errors/app-error.ts'
import { ERRORS } from '../errors.ts'
import { DEFAULT_LIMITS } from '../rate-limits.ts'

/** A JSON Schema (2020-12), which is what OpenAPI 3.1 has for schemas. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type JsonObject = { readonly [key: string]: Json }

const CODES = Object.keys(ERRORS) as ErrorCode[]

/** Codes that also come with another status than the table has, because HTTP has a better one. */
const BETTER_STATUS: readonly (readonly [status: number, code: ErrorCode])[] = [
  [401, 'forbidden'],
  [415, 'bad-request'],
  [503, 'too-many'],
]

const { calls, dearCalls, maxCallsUnderWay } = DEFAULT_LIMITS

interface FailureResponse {
  readonly name: string
  readonly about: string
  /** Name and description. */
  readonly header?: readonly [string, string]
}

const FAILURES: Readonly<Record<number, FailureResponse>> = {
  400: { name: 'BadRequest', about: 'What was sent is not what the call takes.' },
  401: {
    name: 'Unknown',
    about: 'The caller is not known: there is no token or session, or it has ended.',
    header: ['WWW-Authenticate', 'What is missing, as RFC 6750 has it.'],
  },
  403: {
    name: 'Forbidden',
    about:
      'The caller may not do this: its scope is too small, or the request may come from another web site.',
  },
  404: { name: 'NotFound', about: 'What was named is not there.' },
  409: { name: 'Conflict', about: 'It cannot be done as things are.' },
  413: { name: 'TooLarge', about: 'The body is larger than is read.' },
  415: { name: 'NotJson', about: 'The body is not `application/json`.' },
  429: {
    name: 'TooMany',
    about: `The caller asks too often. A caller has ${calls.burst} calls at once and ${calls.perSecond} a second after that; of those that cost more than a look into the store (audits, fetches, starts of runs, settings) ${dearCalls.burst} and ${dearCalls.perSecond}; and ${maxCallsUnderWay} that are worked on at the same time. Two audits are under way at once in all; others wait half a minute for their turn.`,
    header: ['Retry-After', 'Seconds until it may be tried again.'],
  },
  500: { name: 'Fault', about: 'A fault of the server or its machine.' },
  502: { name: 'JiraFailed', about: 'Jira refused, or gave no answer that is one.' },
  503: { name: 'Unavailable', about: 'The store, the keychain or Jira’s rate limit does not allow it now.' },
}

/** Statuses with which a call may fail. */
export const CALL_FAILURES: readonly number[] = Object.keys(FAILURES).map(Number)

/** The response objects of failures by name, each with the codes that come with its status. */
export function failureResponses(): JsonObject {
  const ofStatus = Object.entries(FAILURES).map(([status, { name, about, header }]) => {
    const codes = codesOf(Number(status))
    const code = { properties: { error: { properties: { code: { enum: codes } } } } }
    const [key, description] = header ?? []
    return [
      name,
      {
        description: `${about}\n\n${listed(codes)}`,
        ...(key !== undefined && { headers: { [key]: { description, schema: { type: 'string' } } } }),
        content: json({ allOf: [refTo('Failure'), code] }),
      },
    ]
  })
  return {
    ...(Object.fromEntries(ofStatus) as JsonObject),
    Other: {
      description:
        'Whatever else HTTP has a status for: 405 (another method), 414 (too long an address), 426 (a WebSocket is wanted). What is no request that can be read is answered shortly, without this form: 400, 408 (it did not come whole in time), 417, 431 (too large a head).',
      content: json(refTo('Failure')),
    },
  }
}

/** The failures of an operation, by status. */
export function failuresOf(statuses: readonly number[]): JsonObject {
  const named = statuses.map((status) => [status, refToResponse(FAILURES[status]?.name ?? 'Other')])
  return { ...(Object.fromEntries(named) as JsonObject), default: refToResponse('Other') }
}

export function json(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } }
}

/** What every failure looks like, and the codes that there are. */
export function failureSchemas(): JsonObject {
  return {
    ErrorCode: {
      description: `What went wrong, as a word that code can branch on.\n\n${listed(CODES)}`,
      type: 'string',
      enum: CODES,
    },
    WireError: {
      description: 'A failure, in sentences for a person.',
      type: 'object',
      required: ['code', 'message', 'what', 'consequence', 'hint', 'retryable'],
      properties: {
        code: refTo('ErrorCode'),
        message: { type: 'string', description: '`what` and `consequence` as one text.' },
        what: { type: 'string', description: 'What happened.' },
        consequence: {
          type: 'string',
          description: 'What it means for the data; empty where it means nothing.',
        },
        hint: { type: 'string', description: 'What to do next; empty where there is nothing to do.' },
        retryable: { type: 'boolean', description: 'The same call may succeed later, unchanged.' },
      },
    },
    Failure: {
      description: 'What every call that failed is answered with.',
      type: 'object',
      required: ['ok', 'error'],
      properties: { ok: { type: 'boolean', const: false }, error: refTo('WireError') },
    },
  }
}

function listed(codes: readonly ErrorCode[]): string {
  return codes.map((code) => `- \`${code}\`: ${ERRORS[code].meaning}`).join('\n')
}

function codesOf(status: number): ErrorCode[] {
  const byTable = CODES.filter((code) => ERRORS[code].status === status)
  const better = BETTER_STATUS.filter(([its]) => its === status).map(([, code]) => code)
  return [...byTable, ...better]
}

function refToResponse(name: string): JsonObject {
  return { $ref: `#/components/responses/${name}` }
}

type Model = TSchema & { readonly $id: string; readonly description: string }

function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && '$id' in value
}

export function refTo(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
}

/** Every schema of the contract that has a name. */
const exported: unknown[] = [
  ...Object.values(basics),
  ...Object.values(tickets),
  ...Object.values(fields),
  ...Object.values(runs),
  ...Object.values(runOutlines),
  ...Object.values(cleanUp),
  ...Object.values(drills),
  ...Object.values(audit),
  ...Object.values(store),
  ...Object.values(settings),
  ...Object.values(screens),
  ...Object.values(overview),
  ...Object.values(usual),
  ...Object.values(views),
  ...Object.values(hooks),
  ...Object.values(marks),
  ...Object.values(alerts),
  ...Object.values(differs),
  ...Object.values(outputs),
]

const models = new Map(exported.filter(isModel).map((model) => [model.$id, model]))

/** A schema of the contract as the document has it: models are referred to by name. */
export function schemaOf(schema: TSchema): Json {
  return JSON.parse(JSON.stringify(schema), (_key, value: Partial<Model> | null) => {
    if (value?.$id === undefined) return value
    const { $id, description = '' } = value
    return models.get($id)?.description === description ? refTo($id) : { ...refTo($id), description }
  }) as Json
}

/** The models by name, without the `$id` that would move the base of every reference. */
export function modelSchemas(): JsonObject {
  const named = [...models].map(([name, model]) => [name, schemaOf({ ...model, $id: undefined })])
  return Object.fromEntries(named) as JsonObject
}
