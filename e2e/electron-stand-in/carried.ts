/** Ends the call that asked for something the stand-in does not do: a green test never rests on a silent no-op. */
export function notCarried(what: string): never {
  throw new Error(`Electron stand-in: ${what} is not carried`)
}

/** The same object, but touching a member that it does not have throws by name. */
export function carried<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(_target, key) {
      // Symbols, and what promises and JSON look for on anything.
      const probed = typeof key === 'symbol' || key === 'then' || key === 'toJSON'
      if (!probed && !(key in target)) return notCarried(`${name}.${key}`)
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
    set: (_target, key, value) => Reflect.set(target, key, value, target),
  })
}
