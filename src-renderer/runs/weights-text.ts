const ENTRY = /^(.+?)(?:\s*=\s*|\s+)(\d+(?:\.\d+)?)$/

/**
 * Reads `Highest 1, High 2` or `Highest=1,High=2` as relative weights by name; a name without a number weighs 1.
 * Undefined where nothing is typed, null where the text cannot be read or names something twice.
 */
export function readWeights(text: string): Record<string, number> | undefined | null {
  if (text.trim() === '') return undefined
  const entries = text.split(',').map((part): [string, number] => {
    const [, name, weight] = ENTRY.exec(part.trim()) ?? []
    return name === undefined ? [part.trim(), 1] : [name, Number(weight)]
  })
  const names = new Set(entries.map(([name]) => name.toLowerCase()))
  if (names.has('') || names.size < entries.length) return null
  if (entries.some(([name]) => name.includes('='))) return null
  return entries.some(([, weight]) => weight > 0) ? Object.fromEntries(entries) : null
}
