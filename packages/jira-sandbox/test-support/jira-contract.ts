import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Client, SendRequestOptions } from 'jira.js/core'
import {
  createCheckedClient,
  createOpenApiCheck,
  Refusal,
  type AnswerCheck,
  type CheckedClient,
  type SeenAnswer,
} from './checked-client.ts'
import type { Sandbox } from '../src/sandbox.ts'

// jira.js then takes no key and no value that Jira does not document. It reads this when it is loaded.
process.env['AUDIT_SCHEMAS'] = 'true'
export const jira = await import('jira.js/cloud')

/** Jira's own document, which is next to the project or not there. */
export const OPENAPI = path.resolve(
  import.meta.dirname,
  '..',
  '..',
  '..',
  '..',
  'shared',
  'data',
  'jira-cloud-openapi.json',
)
export const hasOpenApi = existsSync(OPENAPI)
if (!hasOpenApi)
  console.warn(`Jira's OpenAPI document is not at ${OPENAPI}: answers are checked by jira.js alone`)

/** A client whose every answer is put to Jira's document and to jira.js's schema. */
export function createContractClient(sandbox: Sandbox): CheckedClient {
  const check = hasOpenApi ? besidesContradictions(createOpenApiCheck(OPENAPI)) : () => undefined
  return createCheckedClient(sandbox, check)
}

export const DESCRIPTION = {
  type: 'doc',
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text: 'It is broken.' }] }],
}
export const TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Checkout is slow',
  priority: { id: '2' },
  labels: ['jira-tpm'],
  description: DESCRIPTION,
}

/** Jira's document contradicts its own examples in two places; there the examples are what Jira sends. */
function besidesContradictions(check: AnswerCheck): AnswerCheck {
  return (answer) => {
    if (!answer.path.startsWith('/rest/api/3/bulk/queue/')) return check(answer)
    if (answer.status === 400) return
    const times = ['created', 'started', 'updated']
    const asDates = Object.entries(answer.body as object).map(([name, value]) => [
      name,
      times.includes(name) ? new Date(value as number).toISOString() : (value as unknown),
    ])
    check({ ...answer, body: Object.fromEntries(asDates) as unknown })
  }
}

/** A client that gets this answer to everything. */
export function answering(answer: object): Client {
  return {
    sendRequest: <T>(options: SendRequestOptions<T>): Promise<T> =>
      Promise.resolve(options.schema?.parse(answer) as T),
  }
}

/** The answer that a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<SeenAnswer> {
  try {
    await call
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    throw error
  }
  throw new Error('The call was not refused')
}
