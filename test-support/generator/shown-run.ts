import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { hasSlept, reasonText, waitsForStore, workedOnBy } from '../../src-shared/domain/run/run-reason.ts'
import type { Generator } from '../../src-main/generator/runner.ts'

/** A run with what people are shown of where it stands, whatever state it is in. */
export type ShownRun = RunProgress & {
  readonly by: string | null
  readonly reason: string | null
  readonly waits?: true
  readonly slept?: true
}

export function shownRun(run: RunProgress): ShownRun {
  return {
    ...run,
    by: workedOnBy(run),
    reason: reasonText(run),
    ...(waitsForStore(run) && { waits: true }),
    ...(hasSlept(run) && { slept: true }),
  }
}

async function shown(run: Promise<RunProgress>): Promise<ShownRun> {
  return shownRun(await run)
}

export type ShownGenerator = ReturnType<typeof showing>

/** The same generator, which gives its runs so. */
export function showing(generator: Generator) {
  return {
    ...generator,
    start: (...given: Parameters<Generator['start']>) => shown(generator.start(...given)),
    pause: (...given: Parameters<Generator['pause']>) => shown(generator.pause(...given)),
    resume: (...given: Parameters<Generator['resume']>) => shown(generator.resume(...given)),
    stop: (...given: Parameters<Generator['stop']>) => shown(generator.stop(...given)),
    get: (...given: Parameters<Generator['get']>) => shown(generator.get(...given)),
    finished: () => shown(generator.finished()),
    async current(): Promise<ShownRun | null> {
      const run = await generator.current()
      return run === null ? null : shownRun(run)
    },
    async list(...given: Parameters<Generator['list']>) {
      const { runs, more } = await generator.list(...given)
      return { runs: runs.map(shownRun), more }
    },
  }
}
