import { siteTime, steadyClock, type SiteClock } from '../../../src-shared/domain/site-clock.ts'
import type { Clock } from '../../../src-main/runtime/clock.ts'
import type { SandboxDatabase } from './database/open-database.ts'
import { readMeta, writeMeta } from './database/meta.ts'

/** The time of this Jira: the machine's plus an offset that only grows, across restarts and crashes too. */
export interface SandboxClock {
  /** Site epoch ms, as the site shows it. Never less than it was before, unless its skew is changed. */
  now(): number
  /** Its true time, without the skew. */
  current(): SiteClock
  /** Runs `rate` times as fast until the site's clock shows `untilSiteMs`, then as fast as the machine's. */
  run(rate: number, untilSiteMs: number): SiteClock
  /** Writes the offset to the file: with each ticket that is made, in its transaction. */
  save(): void
  /** Writes the exact time last. The clock is not read again after this. */
  end(): void
}

const META_NAME = 'clock'

/** How far ahead (real ms) a fast clock is written, so that a crash cannot bring back a time that was already shown. */
const AHEAD_MS = 1_000

/** What both clocks show at one moment, epoch ms. */
interface Reading {
  readonly machineMs: number
  readonly siteMs: number
}

/** `skewMs`: how far what the site shows is from its true time, which is the one that is kept and run. */
export function createSandboxClock(
  db: SandboxDatabase,
  machine: Clock,
  skewMs: () => number = () => 0,
): SandboxClock {
  let clock = resume(db, machine.now())
  let shownMs = clock.siteMs
  let writtenMs = 0

  const write = (reading: Reading): void => {
    writtenMs = reading.siteMs
    writeMeta(db, META_NAME, JSON.stringify(reading))
  }
  /** Reads the clock; ends a fast stretch that is over, and bears with a machine whose clock was set back. */
  const read = (): Reading => {
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
  const writeAhead = ({ machineMs, siteMs }: Reading): void => {
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
function resume(db: SandboxDatabase, machineMs: number): SiteClock {
  const text = readMeta(db, META_NAME)
  if (text === undefined) return steadyClock(machineMs)
  const saved = JSON.parse(text) as Reading
  const siteMs = Math.max(machineMs + saved.siteMs - saved.machineMs, saved.siteMs)
  return steadyClock(machineMs, siteMs - machineMs)
}
