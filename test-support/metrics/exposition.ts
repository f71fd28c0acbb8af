/** A family of samples in Prometheus' text format, as read by a strict reader. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary'
  readonly help: string
  readonly samples: readonly Sample[]
}

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y

/**
 * Reads the text format 0.0.4. Throws an Error for whatever is not of it: a sample before its HELP and TYPE or of another
 * family, a family or a sample twice, a number that is none, a histogram whose buckets do not add up.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function readExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, Family & { samples: Sample[] }>()
  let help: readonly [string, string] | null = null
  let current: (Family & { samples: Sample[] }) | null = null
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (line.startsWith('# HELP ')) {
      const [, name = '', words = ''] = /^# HELP (\S+) (.+)$/.exec(line) ?? []
      help = [name, words]
    } else if (line.startsWith('# TYPE ')) {
      const [, name = '', type = ''] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? []
      if (help?.[0] !== name || name === '') throw new Error(`no HELP before: ${line}`)
      if (families.has(name)) throw new Error(`twice: ${line}`)
      current = { name, type: type as Family['type'], help: help[1], samples: [] }
      families.set(name, current)
    } else {
      const sample = readSample(line)
      if (current === null || !isOf(current, sample)) throw new Error(`of no family: ${line}`)
      if (current.samples.some((known) => isSame(known, sample))) throw new Error(`twice: ${line}`)
      current.samples.push(sample)
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') checkHistogram(family)
  return families
}

function readSample(line: string): Sample {
  const [, name, inside = '', number = ''] = SAMPLE.exec(line) ?? []
  const value = number === '+Inf' ? Infinity : number === 'Nan' ? NaN : Number(number)
  if (name === undefined || number === '' || (Number.isNaN(value) && number !== 'Nan')) {
    throw new Error(`no sample: ${line}`)
  }
  return { name, labels: readLabels(inside, line), value }
}

function readLabels(inside: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  let at = 0
  while (at < inside.length) {
    const found = LABEL.exec(inside)
    if (found === null) throw new Error(`wrong labels: ${line}`)
    const [, name = '', value = ''] = found
    if (name in labels) throw new Error(`a label twice: ${line}`)
    labels[name] = value
    at = LABEL.lastIndex
  }
  return labels
}

function isOf({ name, type }: Family, sample: Sample): boolean {
  if (type !== 'histogram') return sample.name === name
  return ['_bucket', '_sum', '_count'].some((end) => sample.name === name + end)
}

function isSame(a: Sample, b: Sample): boolean {
  return a.name === b.name && JSON.stringify(a.labels) === JSON.stringify(b.labels)
}

/** Buckets grow, and the last one has them all. */
function checkHistogram({ name, samples }: Family): void {
  const rows = Map.groupBy(samples, ({ labels: { le: _le, ...others } }) => JSON.stringify(others))
  for (const [labels, row] of rows) {
    const buckets = row.filter((sample) => sample.name === `${name}_bucket`)
    const count = row.find((sample) => sample.name === `${name}_count`)?.value
    const values = buckets.map(({ value }) => value)
    const grows = values.every((value, n) => n === 0 || value >= (values[n - 1] ?? 0))
    const isWhole = buckets.at(-1)?.labels['le'] === '+Inf' && values.at(-1) === count
    if (!grows || !isWhole) throw new Error(`the buckets of ${name}${labels} do not add up`)
  }
}

/** The value of the one sample with these labels; 0 where there is none, as for a counter that nothing was added to. */
export function valueOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const family = families.get(name) ?? families.get(name.replace(/_(count|sum|bucket)$/, ''))
  if (family === undefined) throw new Error(`There is no ${name}`)
  const found = family.samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )
  return found.reduce((sum, { value }) => sum + value, 0)
}
