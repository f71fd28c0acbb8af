import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSandboxDatabase, type SandboxDatabase } from './database/open-database.ts'
import { createSandboxClock, type SandboxClock } from './sandbox-clock.ts'
import { manualClock, type ManualClock } from '../test-support/site.ts'

const START = Date.UTC(2026, 5, 1, 12)
const HOUR = 3_600_000

describe('the sandbox’s clock', () => {
  let machine: ManualClock
  let db: SandboxDatabase
  let clock: SandboxClock

  beforeEach(() => {
    machine = manualClock(START)
    db = openSandboxDatabase(':memory:')
    clock = createSandboxClock(db, machine)
  })
  afterEach(() => db.close())

  const restart = (): void => {
    clock = createSandboxClock(db, machine)
  }

  test('shows the machine’s time in a new file', () => {
    machine.set(START + 1_234)
    expect(clock.now()).toBe(START + 1_234)
    expect(clock.current().rate).toBe(1)
  })

  test('plays an hour in a minute, then goes on at the machine’s pace with what it has gained', () => {
    clock.run(60, START + HOUR)
    machine.set(START + 30_000)
    expect(clock.now()).toBe(START + HOUR / 2)
    expect(clock.current()).toEqual({ machineMs: START, siteMs: START, rate: 60, untilSiteMs: START + HOUR })
    machine.set(START + 60_000)
    expect(clock.now()).toBe(START + HOUR)
    machine.set(START + 61_000)
    expect(clock.now()).toBe(START + HOUR + 1_000)
    expect(clock.current().rate).toBe(1)
  })

  test('a fast stretch can be ended before its time', () => {
    clock.run(60, START + HOUR)
    machine.set(START + 10_000)
    expect(clock.run(1, 0)).toMatchObject({ rate: 1, siteMs: START + 600_000 })
    machine.set(START + 11_000)
    expect(clock.now()).toBe(START + 601_000)
  })

  test('a stretch that would end in the past is none', () => {
    expect(clock.run(60, START - 1)).toMatchObject({ rate: 1, siteMs: START })
  })

  test('keeps its lead over a restart, and what has passed meanwhile', () => {
    clock.run(60, START + HOUR)
    machine.set(START + 60_000)
    clock.end()
    machine.set(START + 160_000)
    restart()
    expect(clock.now()).toBe(START + HOUR + 100_000)
  })

  test('after a crash in a fast stretch it shows nothing earlier than it has shown', () => {
    clock.run(3_600, START + 10 * HOUR)
    machine.set(START + 2_345)
    const shown = clock.now()
    restart()
    expect(clock.now()).toBeGreaterThanOrEqual(shown)
    expect(clock.now()).toBeLessThanOrEqual(shown + 3_600_000)
  })

  test('stands above a machine whose clock is set back, running or not', () => {
    machine.set(START + HOUR)
    expect(clock.now()).toBe(START + HOUR)
    clock.save()
    machine.set(START)
    expect(clock.now()).toBe(START + HOUR)
    machine.set(START + 1_000)
    expect(clock.now()).toBe(START + HOUR + 1_000)
    clock.save()
    machine.set(START - HOUR)
    restart()
    expect(clock.now()).toBe(START + HOUR + 1_000)
  })

  test('never goes back, whatever happens to it', () => {
    const happening = fc.oneof(
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: -5_000, max: 100_000 }) }),
      fc.record({
        kind: fc.constant('run' as const),
        rate: fc.integer({ min: 1, max: 3_600 }),
        ahead: fc.integer({ min: -10, max: 10 * HOUR }),
      }),
      fc.constantFrom({ kind: 'save' as const }, { kind: 'crash' as const }, { kind: 'stop' as const }),
    )
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
        let last = clock.now()
        for (const happened of happenings) {
          if (happened.kind === 'pass') machine.set(machine.now() + happened.ms)
          if (happened.kind === 'run') clock.run(happened.rate, clock.now() + happened.ahead)
          if (happened.kind === 'save') clock.save()
          if (happened.kind === 'stop') clock.end()
          if (happened.kind === 'stop' || happened.kind === 'crash') restart()
          const now = clock.now()
          expect(now).toBeGreaterThanOrEqual(last)
          expect(Number.isInteger(now)).toBe(true)
          last = now
        }
      }),
    )
  })
})
