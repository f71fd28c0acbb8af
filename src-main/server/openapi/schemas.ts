import type { TSchema } from 'typebox'
import * as audit from '../../../src-shared/contract/audit.ts'
import * as runs from '../../../src-shared/contract/runs.ts'
import * as basics from '../../../src-shared/contract/schema.ts'
import * as settings from '../../../src-shared/contract/settings.ts'
import * as store from '../../../src-shared/contract/store.ts'
import * as tickets from '../../../src-shared/contract/tickets.ts'
import { MODEL_WORDS, type ModelName } from '../../../src-shared/contract/model-words.ts'

/** A JSON Schema (2020-12), which is what OpenAPI 3.1 has for schemas. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

const NAMES = Object.keys(MODEL_WORDS) as ModelName[]
const SHARED = { ...basics, ...tickets, ...runs, ...audit, ...store, ...settings }

/** A model looks the same wherever it is used: this is how it is found again inside others. */
const nameByText = new Map(NAMES.map((name) => [JSON.stringify(SHARED[name]), name]))

export function refTo(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
}

/** A schema of the contract as the document has it: shared models are referred to by name. */
export function schemaOf(its: TSchema): Json {
  return written(JSON.parse(JSON.stringify(its)) as Json)
}

/** The shared models, by name, with what is said of them. */
export function modelSchemas(): JsonObject {
  return Object.fromEntries(
    NAMES.map((name) => {
      const { about, fields = {} } = MODEL_WORDS[name]
      const schema = inside(JSON.parse(JSON.stringify(SHARED[name])) as JsonObject)
      return [name, { description: about, ...withFields(schema, fields) }]
    }),
  )
}

function withFields(schema: JsonObject, fields: Readonly<Record<string, string>>): JsonObject {
  const { properties } = schema
  if (properties === undefined) return schema
  const described = Object.entries(properties as JsonObject).map(([field, its]) => {
    const description = fields[field]
    return [field, description === undefined ? its : { ...(its as JsonObject), description }]
  })
  return { ...schema, properties: Object.fromEntries(described) as JsonObject }
}

function written(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => written(item))
  if (value === null || typeof value !== 'object') return value
  const name = nameByText.get(JSON.stringify(value))
  return name === undefined ? inside(value as JsonObject) : refTo(name)
}

function inside(value: JsonObject): JsonObject {
  const whole = Object.fromEntries(Object.entries(value).map(([key, its]) => [key, written(its)]))
  return asEnum(whole) ?? whole
}

/** A choice of words reads better as one list than as one schema a word. */
function asEnum({ anyOf, ...rest }: JsonObject): JsonObject | null {
  if (!Array.isArray(anyOf)) return null
  const words = anyOf.map((one: JsonObject) => one['const'])
  const types = new Set(anyOf.map((one: JsonObject) => one['type']))
  const [type] = types
  if (words.includes(undefined) || types.size !== 1 || type === undefined) return null
  return { ...rest, type, enum: words as Json[] }
}
