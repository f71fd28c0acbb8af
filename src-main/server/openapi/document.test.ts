import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Check } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { LARGE_METHODS, methods, type MethodName } from '../../../src-shared/contract/methods.ts'
import type { Method } from '../../../src-shared/contract/schema.ts'
import { projectFile, projectVersion } from '../../runtime/project-files.ts'
import { apiPage, openApiDocument } from './document.ts'
import { checkedInDocument, createDocumentCheck } from '../../../test-support/server/openapi/document.ts'

const document = JSON.parse(JSON.stringify(openApiDocument(projectVersion()))) as {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, unknown> }
  readonly 'x-events': Record<string, unknown>
}
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly security: Record<string, readonly string[]>[]
  readonly 'x-scope'?: string
  readonly 'x-max-characters'?: number
  readonly responses: Record<string, unknown>
}

const operations = Object.entries(document.paths).flatMap(([path, its]) =>
  Object.entries(its).map(([method, operation]) => ({ path, method, operation })),
)
const names = Object.keys(methods) as MethodName[]

test('is OpenAPI 3.1, as its own schema says', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  expect([valid, errors]).toEqual([true, undefined])
})

test('docs/openapi.json is what the contract generates: npm run openapi writes it anew', () => {
  expect(checkedInDocument()).toEqual(document)
})

test('docs/api.md lists every call, as npm run openapi writes it', () => {
  const page = readFileSync(projectFile('docs', 'api.md'), 'utf8')
  expect(apiPage(page)).toBe(page)
  for (const name of names) expect(page).toContain(`| \`${name}\` | ${methods[name].scope} |`)
})

test('every reference leads somewhere', () => {
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)
  const places = new Set([...references].map(([, place = '']) => place))
  expect(places.size).toBeGreaterThan(20)
  for (const place of places) {
    let value: unknown = document
    for (const key of place.split('/')) value = (value as Record<string, unknown> | undefined)?.[key]
    expect([place, typeof value]).toEqual([place, 'object'])
  }
})

test('operations have names of their own, and say what they do in sentences', () => {
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { operation } of operations) {
    expect(operation.summary).toMatch(/^[A-Z].*[^.]$/)
    expect(operation.description).toMatch(/\.$/)
  }
})

describe.each(names)('%s', (name) => {
  const operation = document.paths[`/api/${name}`]?.['post'] as Operation

  test('takes the scope and the size that the contract gives it', () => {
    const scope = methods[name].scope
    expect(operation.security).toEqual([{ token: [scope] }, { session: [scope] }])
    expect(operation['x-scope']).toBe(scope)
    expect(operation['x-max-characters']).toBe(LARGE_METHODS.includes(name) ? 1_048_576 : 65_536)
  })

  test('its example is right, and is there where it takes anything', () => {
    const { example, params }: Method = methods[name]
    expect(Check(params, example ?? {})).toBe(true)
    const takesAnything = !('properties' in params) || Object.keys(params.properties as object).length > 0
    expect(example !== undefined).toBe(takesAnything)
  })
})

test('only what needs no caller is open', () => {
  const open = operations.filter(({ operation }) => operation.security.every((one) => !('token' in one)))
  expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'post /api/session',
    'post /api/session/end', // a browser's session alone
    'get /api/hello',
    'post /api/login',
    'get /health',
    'get /ready',
    'get /openapi.json',
  ])
})

test('an answer with more in it than the document has is seen', () => {
  const checked = createDocumentCheck(checkedInDocument())
  const answer = { status: 200, contentType: 'application/json' }
  const right = { before: 0, after: 0, lastBeforeMs: null, firstAfterMs: null }
  const check = (result: object): void =>
    checked.answer('POST', '/api/counts.outside', { ...answer, body: { ok: true, result } })
  check(right)
  expect(() => check({ ...right, more: 1 })).toThrow('additional properties')
  expect(() => check({ ...right, before: -1 })).toThrow('>= 0')
  expect(() => checked.answer('POST', '/api/nope', { ...answer, body: {} })).toThrow('no POST /api/nope')
})
