/** A vitest reporter: for each project, so for each engine of the store, what ran and how long that took. */
export default class ProjectsReporter {
  #projects = new Map()

  onTestModuleStart({ project }) {
    if (!this.#projects.has(project.name)) {
      this.#projects.set(project.name, {
        files: 0,
        tests: 0,
        failed: 0,
        startMs: performance.now(),
        endMs: 0,
      })
    }
  }

  onTestModuleEnd(module) {
    const seen = this.#projects.get(module.project.name)
    seen.endMs = performance.now()
    seen.files += 1
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state !== 'skipped') seen.tests += 1
      if (state === 'failed') seen.failed += 1
    }
  }

  onTestRunEnd() {
    for (const [name, { files, tests, failed, startMs, endMs }] of this.#projects) {
      const seconds = Math.round((endMs - startMs) / 1_000)
      console.log(`${name.padEnd(8)} ${tests} tests in ${files} files, ${failed} failed, ${seconds} s`)
    }
    if (!this.#projects.has('postgres'))
      console.log('postgres NOTHING RAN: there is no PostgreSQL server here')
  }
}
