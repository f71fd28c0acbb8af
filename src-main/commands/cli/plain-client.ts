import type { Client } from '../../../src-shared/contract/client.ts'
import { plainText } from '../../../src-shared/domain/text/plain-text.ts'
import { AppError, toWireError } from '../../../src-shared/errors/app-error.ts'

/**
 * The core as a terminal may show it: keys, titles, names and refusals are others' to write, and nothing in them is
 * left that a terminal would obey. Whatever a command draws of it, nothing else draws there.
 */
export function plainClient(client: Client): Client {
  return {
    call: plainCall((method, params) => client.call(method, params)),
    on: (event, listener) => client.on(event, (payload) => listener(plain(payload))),
  }
}

/** As `plainClient`, of its calls. */
export function plainCall<C extends (...given: never[]) => Promise<unknown>>(call: C): C {
  const asPlain = async (...given: never[]): Promise<unknown> => {
    try {
      return plain(await call(...given))
    } catch (error) {
      throw error instanceof AppError ? plainError(error) : error
    }
  }
  return asPlain as C
}

/** The same value with each of its texts in plain letters. */
export function plain<T>(value: T): T {
  return plainValue(value) as T
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'string') return plainText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plainValue)
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [plainText(name), plainValue(part)]))
}

function plainError(error: AppError): AppError {
  const { code, what, ...others } = plain(toWireError(error))
  return new AppError(code, what, { ...others, cause: error.cause })
}
