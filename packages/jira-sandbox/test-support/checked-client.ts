import { readFileSync } from 'node:fs'
import Ajv, { type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { Client, SendRequestOptions } from 'jira.js/core'
import type { Sandbox } from '../src/sandbox.ts'

/** One answer as it came over the wire. */
export interface SeenAnswer {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly body: unknown
}

/** A client for jira.js's functions that checks each answer and keeps it; a refusal is thrown as itself. */
export interface CheckedClient extends Client {
  readonly seen: SeenAnswer[]
}

/** Called with each answer; throws where it is not as it should be. */
export type AnswerCheck = (answer: SeenAnswer) => void

export class Refusal extends Error {
  readonly answer: SeenAnswer
  constructor(answer: SeenAnswer) {
    super(`${answer.method} ${answer.path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    this.answer = answer
  }
}

/** Every answer is put to `check`, and then to jira.js's own schema for it, which may not pass over anything. */
export function createCheckedClient(sandbox: Sandbox, check: AnswerCheck): CheckedClient {
  const authorization = `Basic ${Buffer.from(`${sandbox.email}:${sandbox.apiToken}`).toString('base64')}`
  const seen: SeenAnswer[] = []
  return {
    seen,
    async sendRequest<T>(options: SendRequestOptions<T>): Promise<T> {
      const { method = 'GET', body } = options
      const response = await fetch(sandbox.url + options.url + queryString(options.searchParams), {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const answer = {
        method,
        path: options.url,
        status: response.status,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      }
      seen.push(answer)
      check(answer)
      if (!response.ok) throw new Refusal(answer)
      return options.schema === undefined ? (answer.body as T) : options.schema.parse(answer.body)
    },
  }
}

function queryString(params: Record<string, unknown> = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    const values: unknown[] = Array.isArray(value) ? value : [value]
    for (const one of values)
      if (one !== undefined) query.append(name, typeof one === 'string' ? one : JSON.stringify(one))
  }
  return query.size === 0 ? '' : `?${query.toString()}`
}

interface Operation {
  readonly responses: Readonly<Record<string, { content?: { 'application/json'?: { schema?: object } } }>>
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: object
}

/** Checks answers against Jira's own OpenAPI document: that the status is one of its, and the body of its shape. */
export function createOpenApiCheck(file: string): AnswerCheck {
  const document = JSON.parse(readFileSync(file, 'utf8')) as OpenApi
  const ajv = addFormats.default(new Ajv.default({ strict: false, allErrors: true }))
  const compiled = new Map<string, ValidateFunction>()
  return ({ method, path, status, body }) => {
    const template = Object.keys(document.paths)
      .filter((candidate) => matches(candidate, path))
      .toSorted((a, b) => placeholders(a) - placeholders(b))[0]
    const operation = document.paths[template ?? '']?.[method.toLowerCase()]
    const response = operation?.responses[String(status)]
    if (response === undefined) throw new Error(`Jira's document has no ${status} for ${method} ${path}`)
    const schema = response.content?.['application/json']?.schema
    if (schema === undefined) return
    const name = `${method} ${template} ${status}`
    const validate = compiled.get(name) ?? ajv.compile({ ...schema, components: document.components })
    compiled.set(name, validate)
    if (!validate(body)) throw new Error(`${name}: ${ajv.errorsText(validate.errors)}`)
  }
}

function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)
}

function placeholders(template: string): number {
  return template.split('{').length
}
