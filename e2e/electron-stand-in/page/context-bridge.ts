/**
 * Makes the preload's `contextBridge`, which copies whatever crosses between preload and page, as Electron's does:
 * functions become new functions, objects become frozen copies, errors keep their message. Self-contained, for the page.
 */
export function createContextBridge(page: typeof globalThis) {
  type Callable = (...args: unknown[]) => unknown

  const cross = (value: unknown): unknown => {
    if (typeof value === 'function') {
      const call = value as Callable
      return (...args: unknown[]) => cross(call(...args.map(cross)))
    }
    if (value === null || typeof value !== 'object') return value
    if (value instanceof Promise) return value.then(cross, (error: unknown) => Promise.reject(cross(error)))
    if (value instanceof Error) return new Error(value.message)
    if (Array.isArray(value)) return Object.freeze(value.map(cross))
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return structuredClone(value)
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cross(item)])))
  }

  const exposeInMainWorld = (key: string, api: unknown): void => {
    if (key in page) throw new Error('Cannot bind an API on top of an existing property on the window object')
    Object.defineProperty(page, key, { value: cross(api), enumerable: true })
  }
  return { exposeInMainWorld }
}
