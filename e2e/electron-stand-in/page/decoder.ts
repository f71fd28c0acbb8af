/**
 * Makes the function that reads what an encoder wrote. Self-contained: its source is also sent into the page.
 */
export function createDecoder(): (text: string) => unknown {
  const tagged = (type: unknown, content: unknown): unknown => {
    const items = Array.isArray(content) ? content.map(read) : []
    switch (type) {
      case 'undefined':
        return undefined
      case 'number':
        return content === '-0' ? -0 : Number(content)
      case 'bigint':
        return BigInt(content as string)
      case 'Date':
        return new Date(content as number)
      case 'Map':
        return new Map(items.flatMap((key, i) => (i % 2 === 0 ? [[key, items[i + 1]] as const] : [])))
      case 'Set':
        return new Set(items)
      case 'Error':
        return Object.assign(new Error(items[1] as string), { name: items[0] })
      case 'Uint8Array':
        return new Uint8Array(items as number[])
      case 'Object':
        return Object.fromEntries(items as [string, unknown][])
      default:
        throw new Error(`Electron stand-in: a message of type ${String(type)} cannot be read`)
    }
  }

  const read = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map(read)
    if ('$type' in value) return tagged(value.$type, 'content' in value ? value.content : undefined)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, read(item)]))
  }

  return (text) => read(JSON.parse(text))
}
