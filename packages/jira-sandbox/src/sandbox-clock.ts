import type { SandboxDatabase } from './database/open-database.ts'
import { readMeta, writeMeta } from './database/meta.ts'

/** What gives the machine's time: `Date` does. */
export interface MachineClock {
  /** Epoch ms. */
  now(): number
}

/**
 * How the site's clock follows the machine's: from `machineMs` on `rate` times as fast, until it shows `untilSiteMs`,
 * then as fast as it. All times are epoch ms. These four numbers give the site's time at any moment.
 */
export interface ClockState {
  readonly machineMs: number
  readonly siteMs: number
  readonly rate: number
  readonly untilSiteMs: number
}

/** The time of this Jira: the machine's plus an offset that only grows, across restarts and crashes too. */
export interface SandboxClock {
  /** Site epoch ms, as the site shows it. Never less than it was before, unless its skew is changed. */
  now(): number
  /** Its true time, without the skew. */
  current(): ClockState
  /** Runs `rate` times as fast until the site's clock shows `untilSiteMs`, then as fast as the machine's. */
  run(rate: number, untilSiteMs: number): ClockState
  /** Writes the offset to the file: with each ticket that is made, in its transaction. */
  save(): void
  /** Writes the exact time last. The clock is not read again after this. */
  end(): void
}

const META_NAME = 'clock'

/** How far ahead (real ms) a fast clock is written, so that a crash cannot bring back a time that was already shown. */
const AHEAD_MS = 1_000

/** What both clocks show at one moment, epoch ms. */
interface ClockReading {
  readonly machineMs: number
  readonly siteMs: number
}

/** `skewMs`: how far what the site shows is from its true time, which is the one that is kept and run. */
export function createSandboxClock(
  db: SandboxDatabase,
  machine: MachineClock,
  skewMs: () => number = () => 0,
): SandboxClock {
  let clock = resume(db, machine.now())
  let shownMs = clock.siteMs
  let writtenMs = 0

  const write = (reading: ClockReading): void => {
    writtenMs = reading.siteMs
    writeMeta(db, META_NAME, JSON.stringify(reading))
  }
  /** Reads the clock; ends a fast stretch that is over, and bears with a machine whose clock was set back. */
  const read = (): ClockReading => {
    const machineMs = machine.now()
    const computedMs = siteTime(clock, machineMs)
    const siteMs = Math.max(computedMs, shownMs)
    const isOver = clock.rate !== 1 && siteMs >= clock.untilSiteMs
    if (isOver || computedMs < shownMs) {
      clock = steadyClock(machineMs, siteMs - machineMs)
      write({ machineMs, siteMs })
    }
    shownMs = siteMs
    return { machineMs, siteMs }
  }
  const writeAhead = ({ machineMs, siteMs }: ClockReading): void => {
    if (siteMs > writtenMs) write({ machineMs, siteMs: siteMs + AHEAD_MS * clock.rate })
  }

  return {
    now() {
      const reading = read()
      if (clock.rate !== 1) writeAhead(reading)
      return reading.siteMs + skewMs()
    },
    current() {
      read()
      return clock
    },
    run(rate, untilSiteMs) {
      const reading = read()
      const isFast = rate !== 1 && untilSiteMs > reading.siteMs
      clock = { ...reading, rate: isFast ? rate : 1, untilSiteMs: isFast ? untilSiteMs : reading.siteMs }
      write(reading)
      return clock
    },
    save() {
      const reading = read()
      if (clock.rate === 1) write(reading)
      else writeAhead(reading)
    },
    end: () => write(read()),
  }
}

/** A stopped sandbox's clock goes on with the machine's; where that was set back meanwhile, from the last time shown. */
function resume(db: SandboxDatabase, machineMs: number): ClockState {
  const text = readMeta(db, META_NAME)
  if (text === undefined) return steadyClock(machineMs)
  const saved = JSON.parse(text) as ClockReading
  const siteMs = Math.max(machineMs + saved.siteMs - saved.machineMs, saved.siteMs)
  return steadyClock(machineMs, siteMs - machineMs)
}

/** The clock of a site whose time is the machine's plus `offsetMs`. */
function steadyClock(machineMs: number, offsetMs = 0): ClockState {
  return { machineMs, siteMs: machineMs + offsetMs, rate: 1, untilSiteMs: machineMs + offsetMs }
}

/** The site's time (whole ms) when the machine's is `machineMs`. */
function siteTime({ siteMs, rate, untilSiteMs, ...clock }: ClockState, machineMs: number): number {
  const elapsedMs = machineMs - clock.machineMs
  const fastMs = (untilSiteMs - siteMs) / rate
  const isFast = rate === 1 || elapsedMs <= fastMs
  return Math.floor(isFast ? siteMs + elapsedMs * rate : untilSiteMs + elapsedMs - fastMs)
}
