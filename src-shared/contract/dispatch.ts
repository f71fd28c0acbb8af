import { Type, type TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { AppError, nothingDone, toWireError, type WireError } from '../errors/app-error.ts'
import { resultFor } from './former-version.ts'
import { MAX_LARGE_PARAMS_LENGTH, MAX_PARAMS_LENGTH, methods, type Handlers } from './methods.ts'
import { allows, type Method, type Scope } from './schema.ts'
import { CONTRACT_VERSION } from './version.ts'

/** What every transport carries back. */
export type Reply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: WireError }

/**
 * Takes whatever arrived and answers it; never throws. Work for a caller who has left ends with the `signal`'s abort.
 * `scope`: what the caller may do, where callers differ; everything where it is absent. `version`: that of the contract which
 * the caller speaks, one that is served; this one where it is absent.
 */
export type Dispatch = (
  method: unknown,
  params: unknown,
  options?: { readonly signal?: AbortSignal; readonly scope?: Scope; readonly version?: number },
) => Promise<Reply>

/**
 * The one gate between any host and the core: refuses methods that the contract does not have (`unknown-method`) or that
 * take a larger scope (`forbidden`), payloads over its `maxParamsLength` (`too-large`) and payloads of another shape
 * (`bad-request`), then calls the handler.
 * `onBug` is called with errors that are not the caller's.
 */
export function createDispatch(handlers: Handlers, onBug: (error: unknown) => void): Dispatch {
  return createGate(methods, handlers, onBug)
}

/** The same before other methods than the contract's. */
export function createGate<T extends Readonly<Record<string, Method>>>(
  table: T,
  handlers: { readonly [M in keyof T]: (params: never, signal?: AbortSignal) => Promise<unknown> },
  onBug: (error: unknown) => void,
): Dispatch {
  return async (method, params, { signal, scope = 'admin', version = CONTRACT_VERSION } = {}) => {
    try {
      const [name, entry] = checkMethod(table, method)
      checkScope(name, entry, scope)
      checkParams(name, entry, params)
      const handler = handlers[name] as (params: unknown, signal?: AbortSignal) => Promise<unknown>
      return { ok: true, result: resultFor(version, name, await handler(params, signal)) }
    } catch (error) {
      if (!(error instanceof AppError)) onBug(error)
      return { ok: false, error: toWireError(error) }
    }
  }
}

/** How many characters of what a caller sent are quoted. */
const MAX_SHOWN = 60

function checkMethod(table: Readonly<Record<string, Method>>, method: unknown): [name: string, Method] {
  const entry = typeof method === 'string' && Object.hasOwn(table, method) ? table[method] : undefined
  if (entry === undefined) throw nothingDone('unknown-method', `There is no method ${printable(method)}.`)
  return [method as string, entry]
}

function checkScope(name: string, { scope: needed }: Method, scope: Scope): void {
  if (allows(scope, needed)) return
  throw nothingDone('forbidden', `The call ${name} takes the scope ${needed}, and the caller has ${scope}.`)
}

function checkParams(name: string, { params: schema, isLarge }: Method, params: unknown): void {
  const length = jsonLength(name, params)
  const most = isLarge === true ? MAX_LARGE_PARAMS_LENGTH : MAX_PARAMS_LENGTH
  if (length > most) {
    throw nothingDone('too-large', `The call ${name} is ${length} characters long, ${most} are taken.`)
  }
  if (Check(schema, params)) return
  const [first] = nearestErrors(schema, params)
  const where = first?.instancePath ? ` at ${first.instancePath.slice(0, MAX_SHOWN)}` : ''
  throw nothingDone(
    'bad-request',
    `The call ${name} has a wrong value${where}: ${first?.message ?? 'not of its shape'}.`,
  )
}

/** What is wrong; of a call that may have several shapes by the one that it is nearest to. */
function nearestErrors(schema: TSchema, params: unknown) {
  const shapes = Type.IsUnion(schema) ? schema.anyOf : [schema]
  const [nearest = []] = shapes.map((shape) => Errors(shape, params)).toSorted((a, b) => a.length - b.length)
  return nearest
}

/** IPC can carry what JSON cannot: cycles and big integers. No parameter of ours has them. */
function jsonLength(name: string, params: unknown): number {
  try {
    return JSON.stringify(params)?.length ?? 0
  } catch (cause) {
    throw new AppError('bad-request', `The call ${name} is not plain data.`, {
      consequence: 'Nothing was done.',
      cause,
    })
  }
}

function printable(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, MAX_SHOWN)) : `of type ${typeof value}`
}
