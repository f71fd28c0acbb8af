/**
 * Makes the function that writes a value as text, as far as Electron's structured clone carries it over IPC: JSON's
 * values, undefined, every number, bigint, Date, Map, Set, Error and Uint8Array. Others throw.
 * Self-contained: its source is also sent into the page.
 */
export function createEncoder(): (value: unknown) => string {
  const open = new Set<object>()
  // What it calls must travel with it, so nothing moves out of this function.
  // oxlint-disable-next-line unicorn/consistent-function-scoping
  const tag = (type: string, content?: unknown): object => ({ $type: type, content })

  const plain = (value: unknown): unknown => {
    switch (typeof value) {
      case 'number':
        if (Object.is(value, -0)) return tag('number', '-0')
        return Number.isFinite(value) ? value : tag('number', String(value))
      case 'undefined':
        return tag('undefined')
      case 'bigint':
        return tag('bigint', String(value))
      case 'function':
      case 'symbol':
        throw new Error('An object could not be cloned.')
      case 'object':
        return value === null ? null : once(value)
      default:
        return value
    }
  }

  const once = (value: object): unknown => {
    if (open.has(value)) throw new Error('Electron stand-in: a cycle in a message is not carried')
    open.add(value)
    const written = structured(value)
    open.delete(value)
    return written
  }

  const structured = (value: object): unknown => {
    if (Array.isArray(value)) return value.map(plain)
    if (value instanceof Date) return tag('Date', value.getTime())
    if (value instanceof Map) return tag('Map', [...value].flat().map(plain))
    if (value instanceof Set) return tag('Set', [...value].map(plain))
    if (value instanceof Error) return tag('Error', [value.name, value.message])
    if (value instanceof Uint8Array) return tag('Uint8Array', [...value])
    const kind = Object.prototype.toString.call(value)
    if (kind !== '[object Object]') throw new Error(`Electron stand-in: ${kind} in a message is not carried`)
    const entries = Object.entries(value).map(([key, item]) => [key, plain(item)] as const)
    return '$type' in value ? tag('Object', entries) : Object.fromEntries(entries)
  }

  return (value) => {
    open.clear()
    return JSON.stringify(plain(value))
  }
}
