import { METHOD_WORDS } from '../../../src-shared/contract/method-words.ts'
import { maxParamsLength, methods, type MethodName } from '../../../src-shared/contract/methods.ts'
import { METHOD_SCOPES, type Scope } from '../../../src-shared/contract/scopes.ts'
import { CALL_FAILURES, failuresOf, json } from './failures.ts'
import { schemaOf, type Json, type JsonObject } from './schemas.ts'

/** POST /api/<method> of every method of the contract. */
export function methodPaths(): JsonObject {
  const names = Object.keys(methods) as MethodName[]
  return Object.fromEntries(names.map((name) => [`/api/${name}`, { post: operation(name) }]))
}

function operation(name: MethodName): JsonObject {
  const { summary, about, example = {} } = METHOD_WORDS[name]
  const scope = METHOD_SCOPES[name]
  const most = maxParamsLength(name)
  return {
    operationId: name,
    tags: [name.slice(0, name.indexOf('.'))],
    summary,
    description: `${about}\n\nTakes a caller of scope \`${scope}\`, and at most ${most.toLocaleString('en-US')} characters of parameters.`,
    security: securityOf(scope),
    'x-scope': scope,
    'x-max-characters': most,
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: schemaOf(methods[name].params) as JsonObject,
          example: example as Json,
        },
      },
    },
    responses: {
      200: { description: 'The result.', content: json(success(schemaOf(methods[name].result))) },
      ...failuresOf(CALL_FAILURES),
    },
  }
}

/** What every call that succeeded is answered with. */
export function success(result: Json): JsonObject {
  return {
    type: 'object',
    required: ['ok', 'result'],
    properties: { ok: { type: 'boolean', const: true }, result },
  }
}

/** A token or a session, of the scope or one that allows more. */
export function securityOf(scope: Scope): Json {
  return [{ token: [scope] }, { session: [scope] }]
}
