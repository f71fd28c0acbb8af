import { failuresOf, json, type Json, type JsonObject } from './failures.ts'
import type { Scope } from '../../../src-shared/contract/schema.ts'

/** For who is not known, too. */
export const open: JsonObject = { security: [] }

export function takes(scope: Scope): JsonObject {
  return { security: [{ token: [scope] }, { session: [scope] }], 'x-scope': scope }
}

export function answers(description: string, schema: JsonObject, failures: readonly number[]): JsonObject {
  return { 200: { description, content: json(schema) }, ...failuresOf(failures) }
}

/** What every call that succeeded is answered with. */
export function success(result: Json): JsonObject {
  return loose({ ok: { type: 'boolean', const: true }, result })
}

export function loose(properties: JsonObject): JsonObject {
  return { type: 'object', required: Object.keys(properties), properties }
}

export function strict(properties: JsonObject): JsonObject {
  return { ...loose(properties), additionalProperties: false }
}
