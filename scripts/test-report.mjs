/**
 * What became of each test, from what both runners report, and the words for it.
 *
 * A test is `{ project, file, name, state, error }`: `project` is vitest's or `e2e`, `state` is `passed`, `failed` or
 * `skipped`, `error` what was thrown, or ''. A file that could not be run at all, or whose hooks failed, has one more
 * test of the name `WHOLE_FILE`; what failed outside all files is of the file ''.
 */

export const WHOLE_FILE = '(the file itself)'

/** More files than these are no trouble of the machine: they are not tried again. */
export const MOST_FILES_AGAIN = 10

/** The tests in the JSON report of Playwright. */
export function playwrightTests({ suites, errors }) {
  const outside = errors.map(({ message, value }) => ({
    file: '',
    name: WHOLE_FILE,
    state: 'failed',
    error: message ?? value ?? '',
  }))
  return [...suites.flatMap((suite) => testsOfSuite(suite, [])), ...outside].map((test) => ({
    project: 'e2e',
    ...test,
  }))
}

const PLAYWRIGHT_STATES = { expected: 'passed', skipped: 'skipped' }

function testsOfSuite({ title, file, suites = [], specs = [] }, above) {
  // The outermost suite is the file.
  const titles = title === file ? above : [...above, title]
  return [
    ...specs.flatMap((spec) =>
      spec.tests.map(({ status, results }) => ({
        file: spec.file,
        name: [...titles, spec.title].join(' > '),
        state: PLAYWRIGHT_STATES[status] ?? 'failed',
        error: results.flatMap(({ errors }) => errors.map(({ message }) => message ?? ''))[0] ?? '',
      })),
    ),
    ...suites.flatMap((suite) => testsOfSuite(suite, titles)),
  ]
}

/** The files in which tests failed, by project: `{ project: [file] }`. */
export function failedFiles(tests) {
  const files = {}
  for (const { project, file } of tests.filter(({ state }) => state === 'failed')) {
    files[project] ??= []
    if (!files[project].includes(file)) files[project].push(file)
  }
  return files
}

/** Whether those that failed are worth a second try: they are few, and each is of a file that is known. */
export function mayTryAgain(tests) {
  const files = Object.values(failedFiles(tests)).flat()
  return files.length > 0 && files.length <= MOST_FILES_AGAIN && files.every((file) => file !== '')
}

/**
 * Both tries as one: `{ tests, wavering }`. What failed and then passed has passed, and is `wavering` with its first
 * error; so is what failed at the second try alone. What failed and was not run again has failed.
 */
export function settle(first, second) {
  const [before, after] = [byKey(first), byKey(second)]
  const ranAgain = new Set(second.map(fileKeyOf))
  const tests = []
  const wavering = []
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(key), after.get(key)]
    if (a?.state === 'failed') {
      const passed =
        b === undefined ? a.name === WHOLE_FILE && ranAgain.has(fileKeyOf(a)) : b.state === 'passed'
      if (passed) wavering.push({ ...a, says: 'passed only at the second try' })
      const kept = passed ? b : a
      if (kept !== undefined) tests.push(kept)
    } else if (b?.state === 'failed' && (a?.state === 'passed' || (b.name === WHOLE_FILE && b.file !== ''))) {
      wavering.push({ ...b, says: 'failed only at the second try' })
      if (a !== undefined) tests.push(a)
    } else tests.push(a?.state === 'passed' || b === undefined ? a : b) // trouble of its file may have kept it from running
  }
  return { tests, wavering }
}

/** A file may have several tests of one name. */
function byKey(tests) {
  const found = new Map()
  for (const test of tests) {
    let nth = 0
    while (found.has(keyOf(test, nth))) nth += 1
    found.set(keyOf(test, nth), test)
  }
  return found
}

const keyOf = ({ project, file, name }, nth) => JSON.stringify([project, file, name, nth])
const fileKeyOf = ({ project, file }) => JSON.stringify([project, file])

/** How many tests are in each state. */
export function totals(tests) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const { state } of tests) total[state] += 1
  return total
}

/** The lines that name each test, with the first lines of its error. */
export function wordsFor(tests) {
  return tests.flatMap(({ project, file, name, error, says = 'failed' }) => [
    `${says}: ${project} ${file}`,
    `    ${name}`,
    ...firstLines(error, tests.length > MANY ? 1 : MOST_LINES).map((line) => `      ${line}`),
  ])
}

const MOST_LINES = 4
/** More tests than these have one line each: all are to be seen at the end of a log. */
const MANY = 8
const MOST_CHARACTERS = 200

/** Places in a stack that are not ours. */
const FOREIGN = /^\s+at .*(?:node_modules|node:|<anonymous>)/

// oxlint-disable-next-line no-control-regex -- colours of a terminal
const COLOURS = /\u001B\[[0-9;]*m/g

function firstLines(error, most) {
  const lines = error.replaceAll(COLOURS, '').split('\n')
  return lines
    .filter((line) => line.trim() !== '' && !FOREIGN.test(line))
    .slice(0, most)
    .map((line) => line.slice(0, MOST_CHARACTERS))
}
