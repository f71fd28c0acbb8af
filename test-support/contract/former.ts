import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { EventName } from '../../src-shared/contract/events.ts'
import { eventFor, resultFor } from '../../src-shared/contract/former-version.ts'
import type { MethodName } from '../../src-shared/contract/methods.ts'
import type { JsonObject } from '../../src-main/server/openapi/failures.ts'
import { CONTRACT_VERSION } from '../../src-shared/contract/version.ts'
import { createDocumentCheck } from '../server/openapi/document.ts'

export const FORMER_VERSION = CONTRACT_VERSION - 1

interface FormerDocument {
  readonly paths: Readonly<Record<string, { readonly post: FormerCall }>>
  readonly components: { readonly schemas: { readonly Event: { readonly oneOf: readonly FormerEvent[] } } }
}

interface FormerCall {
  readonly requestBody: { readonly content: { readonly 'application/json': { readonly example?: unknown } } }
}

interface FormerEvent {
  readonly properties: { readonly event: { readonly const: string } }
}

/** The version before as its own last edition described it: its calls and events, without the texts. */
const FORMER = JSON.parse(
  readFileSync(path.join(import.meta.dirname, `version-${FORMER_VERSION}.json`), 'utf8'),
) as FormerDocument & JsonObject

const names = Object.keys(FORMER.paths).map((name) => name.slice('/api/'.length))
const known = new Set(FORMER.components.schemas.Event.oneOf.map(({ properties }) => properties.event.const))

/** The calls of the version before, with the parameters that its description had as examples. */
export const FORMER_CALLS = names.map((name) => ({
  name,
  example: FORMER.paths[`/api/${name}`]?.post.requestBody.content['application/json'].example,
}))

/** Checks what a program of the version before is sent against what that knows. They throw an Error that says what is wrong. */
export function createFormerCheck() {
  const document = createDocumentCheck(FORMER, true)
  const check = (name: string, result: unknown): void => {
    if (!names.includes(name)) return // it is new
    const body = { ok: true, result }
    document.answer('POST', `/api/${name}`, { status: 200, contentType: 'application/json', body })
  }
  return {
    /** A result of this version, translated. */
    result: (name: MethodName, result: unknown) => check(name, resultFor(FORMER_VERSION, name, result)),
    /** A result as it was sent to such a program. */
    sent: check,
    /** An event of this version, translated. */
    event(name: EventName, payload: unknown) {
      if (known.has(name)) document.event({ event: name, payload: eventFor(FORMER_VERSION, name, payload) })
    },
  }
}
