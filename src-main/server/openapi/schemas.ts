import type { TSchema } from 'typebox'
import * as audit from '../../../src-shared/contract/audit.ts'
import * as cleanUp from '../../../src-shared/contract/clean-up.ts'
import * as runs from '../../../src-shared/contract/runs.ts'
import * as basics from '../../../src-shared/contract/schema.ts'
import * as settings from '../../../src-shared/contract/settings.ts'
import * as store from '../../../src-shared/contract/store.ts'
import * as tickets from '../../../src-shared/contract/tickets.ts'

/** A JSON Schema (2020-12), which is what OpenAPI 3.1 has for schemas. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

type Model = TSchema & { readonly $id: string; readonly description: string }

/** Every schema of the contract that has a name. */
const exported: unknown[] = [
  ...Object.values(basics),
  ...Object.values(tickets),
  ...Object.values(runs),
  ...Object.values(cleanUp),
  ...Object.values(audit),
  ...Object.values(store),
  ...Object.values(settings),
]
const models = new Map(exported.filter(isModel).map((model) => [model.$id, model]))

function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && '$id' in value
}

export function refTo(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
}

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
