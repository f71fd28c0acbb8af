/**
 * Runs checks by name, says of each whether it held and how long it took, and goes on after a failure. `notRun` is for what
 * cannot be tried here: it is said at the end, and counts as neither.
 */
export function createReport(write = console.log) {
  const count = { passed: 0, failed: 0 }
  const missing = []
  return {
    async check(name, work) {
      const startedMs = performance.now()
      try {
        await work()
        count.passed += 1
        write(`ok      ${name} (${seconds(startedMs)} s)`)
      } catch (error) {
        count.failed += 1
        write(
          `FAILED  ${name} (${seconds(startedMs)} s)\n${indented(error instanceof Error ? error.message : String(error))}`,
        )
      }
    },
    /** A part that all its checks need failed as a whole. */
    async part(name, work) {
      write(`\n${name}`)
      try {
        await work()
      } catch (error) {
        count.failed += 1
        write(
          `FAILED  ${name}: cut short\n${indented(error instanceof Error ? (error.stack ?? error.message) : String(error))}`,
        )
      }
    },
    notRun(what) {
      missing.push(what)
    },
    /** The exit code. */
    end() {
      if (missing.length > 0) write(`\nNOT RUN HERE:\n${missing.map((what) => `- ${what}`).join('\n')}`)
      write(`\n${count.passed} passed, ${count.failed} failed`)
      return count.failed === 0 && count.passed > 0 ? 0 : 1
    },
  }
}

function seconds(startedMs) {
  return ((performance.now() - startedMs) / 1_000).toFixed(1)
}

function indented(text) {
  return text
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n')
}
