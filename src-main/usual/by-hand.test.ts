import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeBaseline, usualOf } from '../../src-shared/domain/usual/baseline.ts'
import { chanceOf, daysBetween } from '../../src-shared/domain/usual/often.ts'
import { projectFile } from '../runtime/project-files.ts'
import { upperTail } from '../../src-shared/domain/usual/tails.ts'

/** The example of docs/alerts.md, from its headline to the next. */
const PAGE = readFileSync(projectFile('docs', 'alerts.md'), 'utf8')
const EXAMPLE = /## One alarm by hand\n([^]*?)\n## /.exec(PAGE)?.[1] ?? ''

/** Numbers of a line of the page: `8.24·10⁻⁴` is 0.000824. */
function numbersIn(text: string): { value: number; off: number }[] {
  return [...text.matchAll(/(\d+(?:\.\d+)?)(?:·10⁻([⁴⁵⁶]))?/g)].map(([, digits = '', power]) => {
    const scale = power === undefined ? 1 : 10 ** -'⁰¹²³⁴⁵⁶'.indexOf(power)
    const places = digits.split('.')[1]?.length ?? 0
    return { value: Number(digits) * scale, off: 10 ** -places * scale }
  })
}

/** A number of the page is what was computed, to a unit of its last place. */
function isPrinted(pattern: RegExp, computed: number): void {
  const [, text = ''] = pattern.exec(EXAMPLE) ?? []
  const [printed] = numbersIn(text)
  expect(Math.abs((printed?.value ?? Number.NaN) - computed), String(pattern)).toBeLessThanOrEqual(
    printed?.off ?? 0,
  )
}

/** A Monday, 00:00 UTC. */
const START = 26_798_400
const WEEK = 10_080

/** Six weeks with the tickets that the example has. */
function history() {
  const counts = Array.from<number>({ length: 6 * (WEEK / 5) }).fill(0)
  for (let week = 0; week < 6; week++)
    for (let day = 0; day < 5; day++) {
      const at = (hour: number): number => (week * WEEK + day * 1_440 + hour * 60) / 5
      counts[at(13)] = counts[at(15)] = 8
      // On Tuesdays 54 in all; 246 on the others: 10 on an average.
      counts[at(14)] = day === 1 ? 9 : day === 4 ? 11 : 10
    }
  return { startMinute: START, stepMinutes: 5 as const, counts }
}

test('each number of the example in docs/alerts.md is what the code computes', () => {
  const baseline = makeBaseline(history(), 'UTC', START + 6 * WEEK + 120)
  const cell = baseline.cells[24 + 14]
  expect(cell).toMatchObject({ tickets: 54, hours: 6 })
  const { strength: a = 0, rate = 0 } = cell ?? {}
  isPrinted(/\*a\* = .* = ([\d.]+), \*λ\*/, a)
  isPrinted(/\*λ\* = .* = ([\d.]+), \*Λ\*/, rate)
  const found = usualOf(baseline, START + 6 * WEEK + 24 * 60 + 14 * 60, 5)
  const mean = found === 'learning' ? Number.NaN : found.mean
  isPrinted(/\*Λ\* = 5·.* = ([\d.]+)\.\n/, mean)
  const variance = 1.5 * mean + mean ** 2 / a
  isPrinted(/\*V\* = .* = ([\d.]+)\.\n/, variance)
  const [size, q] = [mean ** 2 / (variance - mean), 1 - mean / variance]
  isPrinted(/Size \*r\* = .* = ([\d.]+);/, size)
  isPrinted(/\*q\* = .* = ([\d.]+)\.\n/, q)
  const usual = { mean, variance }
  const rows = [...EXAMPLE.matchAll(/\| \*P\* \|(.*)\|/g)].flatMap(([, row = '']) => row.split('|'))
  expect(rows).toHaveLength(13)
  let chance = (mean / variance) ** size
  rows.forEach((text, k) => {
    const [printed] = numbersIn(text)
    expect(Math.abs((printed?.value ?? 0) - chance), `P(${k})`).toBeLessThanOrEqual(printed?.off ?? 0)
    chance *= ((k + size) / (k + 1)) * q
  })
  const p = upperTail(12, usual)
  isPrinted(/so \*p\* = .* = ([\d.·⁻⁶0]+)\.\n/, p)
  isPrinted(/· ?10⁻⁶ = (\d+) days/, daysBetween(p))
  isPrinted(/With 11 tickets \*p\* is ([\d.·⁻⁵0]+),/, upperTail(11, usual))
  expect(p).toBeLessThan(chanceOf('month'))
  expect(upperTail(11, usual)).toBeGreaterThan(chanceOf('month'))
})
