import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { WHOLE_FILE } from './test-report.mjs'

/**
 * A vitest reporter: for each project, so for each engine of the store, what ran and how long that took. Where
 * `JIRA_TPM_TEST_REPORT` names a file, what became of each test goes into it, in the form of `test-report.mjs`:
 * vitest's own JSON does not say a test's project.
 */
export default class ProjectsReporter {
  #projects = new Map()
  #root = ''

  onInit(vitest) {
    this.#root = vitest.config.root
  }

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

  onTestRunEnd(modules, errors) {
    for (const [name, { files, tests, failed, startMs, endMs }] of this.#projects) {
      const seconds = Math.round((endMs - startMs) / 1_000)
      console.log(`${name.padEnd(8)} ${tests} tests in ${files} files, ${failed} failed, ${seconds} s`)
    }
    if (!this.#projects.has('postgres') && !process.argv.includes('--project'))
      console.log('postgres NOTHING RAN: there is no PostgreSQL server here')
    const report = process.env['JIRA_TPM_TEST_REPORT']
    if (report) writeFileSync(report, JSON.stringify(this.#summary(modules, errors)))
  }

  #summary(modules, errors) {
    const outside = errors.map(({ message, stack }) => ({
      project: 'vitest',
      file: '',
      name: WHOLE_FILE,
      state: 'failed',
      error: stack ?? message,
    }))
    return [...modules.flatMap((module) => this.#testsOf(module)), ...outside]
  }

  #testsOf(module) {
    const of = {
      project: module.project.name,
      file: path.relative(this.#root, module.moduleId).replaceAll(path.sep, '/'),
    }
    const tests = [...module.children.allTests()].map((test) => {
      const { state, errors } = test.result()
      const durationMs = test.diagnostic()?.duration ?? 0
      return { ...of, name: test.fullName, state, error: textOf(errors), durationMs }
    })
    // A file that could not be read, hooks that failed, or a process that died under it.
    const troubles = [module, ...module.children.allSuites()].flatMap((suite) => suite.errors())
    const died = module.state() !== 'passed' && module.state() !== 'skipped' && tests.every(isWell)
    if (troubles.length === 0 && !died) return tests
    return [...tests, { ...of, name: WHOLE_FILE, state: 'failed', error: textOf(troubles), durationMs: 0 }]
  }
}

const isWell = ({ state }) => state !== 'failed'

function textOf(errors) {
  const [error] = errors ?? []
  return error?.stack ?? error?.message ?? ''
}
