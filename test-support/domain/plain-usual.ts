import type { History } from '../../src-shared/domain/usual/baseline.ts'

/** What is usual, by the formulas of docs/alerts.md written down one after another: slow, and without the product's code. */
export function plainUsual(history: History, zone: string, nowMinute: number) {
  const learnedTo = Math.floor(nowMinute / 60) * 60 - 60
  const cellOf = clockOf(zone)
  const steps = history.counts.flatMap((count, at) => {
    const minute = history.startMinute + 5 * at
    const isLearned = minute >= learnedTo - 8 * 7 * 1_440 && minute + 5 <= learnedTo
    return isLearned ? [{ minute, count, cell: cellOf(minute), hour: 0 }] : []
  })
  steps.forEach((step, at) => {
    const before = steps[at - 1]
    step.hour = before === undefined ? 0 : before.hour + (before.cell === step.cell ? 0 : 1)
  })
  const known = steps.filter((step) => step.count !== null)
  const tickets = (of: typeof steps): number => sum(of.map((step) => step.count ?? 0))
  const hours = (of: typeof steps): number => (of.length * 5) / 60

  const likeDays = (hourOfDay: number, isWeekend: boolean): number => {
    let [top, bottom] = [0, 0]
    for (const [by, weight] of [
      [-1, 0.25],
      [0, 0.5],
      [1, 0.25],
    ] as const) {
      const hour = (hourOfDay + by + 24) % 24
      const like = known.filter(({ cell }) => cell % 24 === hour && cell >= 120 === isWeekend)
      if (like.length === 0) continue
      top += (weight * tickets(like)) / hours(like)
      bottom += weight
    }
    return bottom === 0 ? 0 : top / bottom
  }
  const priors = Array.from({ length: 168 }, (_, cell) => likeDays(cell % 24, cell >= 120))
  const rateOf = (of: typeof steps, cell: number) => {
    const strength = tickets(of) + 2 * (priors[cell] ?? 0) + 0.5
    return { strength, rate: strength / (60 * (hours(of) + 2)) }
  }
  const byCell = Array.from({ length: 168 }, (_, cell) => known.filter((step) => step.cell === cell))
  const cells = byCell.map((of, cell) => rateOf(of, cell))

  const others = new Map<number, ReturnType<typeof rateOf>>()
  for (const { hour, cell } of steps) {
    if (!others.has(hour)) {
      others.set(
        hour,
        rateOf(
          (byCell[cell] ?? []).filter((step) => step.hour !== hour),
          cell,
        ),
      )
    }
  }
  const judged = steps.map((step) => {
    const { rate, strength } = others.get(step.hour) ?? { rate: 0, strength: 1 }
    return { ...step, mean: 5 * rate, strength }
  })
  const off = judged
    .filter(({ count, mean }) => count !== null && mean >= 0.2)
    .map(({ count, mean }) => ((count ?? 0) - mean) ** 2 / mean)
    .filter((residual) => residual <= 36)
  const phi = off.length < 10 ? 1 : Math.max(1, sum(off) / off.length)

  const kappas: [number, number][] = []
  for (const minutes of [5, 15, 60, 360, 1_440]) {
    const windows: { count: number; mean: number; doubt: number }[] = []
    for (let at = 0; at + minutes / 5 <= judged.length; at += minutes / 5) {
      const of = judged.slice(at, at + minutes / 5)
      if (of.some(({ count }) => count === null)) continue
      const inHours = [...new Set(of.map(({ hour }) => hour))].map((hour) =>
        of.filter((one) => one.hour === hour),
      )
      const doubt = sum(inHours.map((one) => sum(one.map(({ mean }) => mean)) ** 2 / (one[0]?.strength ?? 1)))
      windows.push({ count: tickets(of), mean: sum(of.map(({ mean }) => mean)), doubt })
    }
    const moment = (of: typeof windows): number => {
      const over = sum(of.map(({ count, mean, doubt }) => (count - mean) ** 2 - phi * count - doubt))
      const squares = sum(of.map(({ mean }) => mean ** 2))
      return squares === 0 ? 0 : Math.max(0, over / squares)
    }
    const all = moment(windows)
    const near = windows.filter(
      ({ count, mean, doubt }) => (count - mean) ** 2 <= 36 * (phi * mean + all * mean ** 2 + doubt),
    )
    kappas.push([minutes, windows.length < 10 ? (kappas.at(-1)?.[1] ?? 0) : moment(near)])
  }

  return (fromMinute: number, minutes: number): { mean: number; variance: number } => {
    const kappa = (kappas.find(([longest]) => longest >= minutes) ?? kappas.at(-1))?.[1] ?? 0
    const parts: { cell: number; mean: number }[] = []
    for (let minute = fromMinute; minute < fromMinute + minutes; minute++) {
      const cell = cellOf(minute)
      const last = parts.at(-1)
      const rate = cells[cell]?.rate ?? 0
      if (last?.cell === cell) last.mean += rate
      else parts.push({ cell, mean: rate })
    }
    const mean = sum(parts.map((part) => part.mean))
    const doubt = sum(parts.map((part) => part.mean ** 2 / (cells[part.cell]?.strength ?? 1)))
    return { mean, variance: phi * mean + kappa * mean ** 2 + doubt }
  }
}

/** P(X ≥ count), term by term from 0 on. */
export function plainUpperTail(
  count: number,
  { mean, variance }: { mean: number; variance: number },
): number {
  const size = mean ** 2 / (variance - mean)
  let [term, below] = [(mean / variance) ** size, 0]
  for (let k = 0; k < count; k++) {
    below += term
    term *= ((k + size) / (k + 1)) * (1 - mean / variance)
  }
  return 1 - below
}

/** The hour of the week by the system's own calendar. */
function clockOf(zone: string): (minute: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  })
  const kept = new Map<number, number>()
  return (minute) => {
    const quarter = Math.floor(minute / 15)
    let cell = kept.get(quarter)
    if (cell === undefined) {
      const parts = format.formatToParts(quarter * 15 * 60_000)
      const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
      cell =
        ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday')) * 24 + Number(part('hour'))
      kept.set(quarter, cell)
    }
    return cell
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
