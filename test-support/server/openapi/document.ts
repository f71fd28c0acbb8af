import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { projectFile } from '../../../src-main/runtime/project-files.ts'
import type { JsonObject } from '../../../src-main/server/openapi/failures.ts'

/** Checks what goes over HTTP against an OpenAPI document. Each function throws an Error that says what is wrong. */
export type DocumentCheck = ReturnType<typeof createDocumentCheck>

interface Answer {
  readonly status: number
  readonly contentType: string | null
  /** Parsed, where it is JSON. */
  readonly body: unknown
}

/** The document that is checked in. */
export function checkedInDocument(): JsonObject {
  return JSON.parse(readFileSync(projectFile('docs', 'openapi.json'), 'utf8')) as JsonObject
}

/** `grows`: an object may have more than the document says, as clients take it. */
export function createDocumentCheck(document: JsonObject, grows = false) {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false })
  ajv.addSchema((grows ? document : closed(document)) as JsonObject, DOCUMENT)
  const validators = new Map<string, ValidateFunction>()

  const check = (pointer: readonly string[], value: unknown, what: string): void => {
    const reference = `${DOCUMENT}#/${pointer.map(escaped).join('/')}`
    const validate = validators.get(reference) ?? ajv.compile({ $ref: reference })
    validators.set(reference, validate)
    if (!validate(value)) throw new Error(`${what}: ${ajv.errorsText(validate.errors)} in ${shown(value)}`)
  }
  /** The place of what a reference leads to. */
  const followed = (pointer: readonly string[]): readonly string[] => {
    const { $ref } = at(document, pointer) as { $ref?: string }
    return $ref === undefined ? pointer : $ref.slice(2).split('/')
  }

  return {
    /** The body of a request that is sent. */
    request(method: string, path: string, body: unknown) {
      const pointer = [
        'paths',
        path,
        method.toLowerCase(),
        'requestBody',
        'content',
        'application/json',
        'schema',
      ]
      if (at(document, pointer) === undefined) throw new Error(`${method} ${path} takes no body`)
      check(pointer, body, `the request ${method} ${path}`)
    },
    /** An answer. A status, a content type or a property that the document does not have is wrong, too. */
    answer(method: string, path: string, { status, contentType, body }: Answer) {
      const what = `the answer ${status} of ${method} ${path}`
      const responses = ['paths', path, method.toLowerCase(), 'responses']
      const known = at(document, responses)
      if (known === undefined) throw new Error(`There is no ${method} ${path}`)
      const place = [...responses, Object.hasOwn(known as JsonObject, status) ? String(status) : 'default']
      if (at(document, place) === undefined) throw new Error(`${what}: there is no such status`)
      const content = [...followed(place), 'content']
      const type = contentType?.split(';')[0] ?? 'none'
      if (at(document, [...content, type]) === undefined) throw new Error(`${what}: it is ${type}`)
      check([...content, type, 'schema'], body, what)
    },
    /** A message of /api/events. */
    event: (message: unknown) => check(['components', 'schemas', 'Event'], message, 'an event'),
  }
}

const DOCUMENT = 'https://jira-tpm.invalid/openapi.json'

/**
 * The same document where nothing may be in an object but what it has for it. Results may grow with a version, and a
 * client leaves aside what it does not know; but what this version sends has to be in its document.
 */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (value === null || typeof value !== 'object') return value
  const inside = Object.fromEntries(Object.entries(value).map(([key, its]) => [key, closed(its)]))
  const isObjectSchema = inside['type'] === 'object' && typeof inside['properties'] === 'object'
  return isObjectSchema && inside['additionalProperties'] === undefined
    ? { ...inside, additionalProperties: false }
    : inside
}

function at(document: JsonObject, pointer: readonly string[]): unknown {
  let value: unknown = document
  for (const key of pointer) value = (value as Record<string, unknown> | undefined)?.[key]
  return value
}

function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300)
}
