// Mutation testing: puts faults into the production code, one at a time, and counts those that the tests find.
//   node scripts/mutate.mjs [--faults 60] [--seed 1] [--from 0] [--only src-main/sync] [--near] [--list]
// The same seed gives the same faults; --from goes on where a run was ended. What the compiler refuses is no fault: the
// next one is taken. --near tries only the tests of its folder and those that import the file, on SQLite: they find the least. It works
// in a copy of the last commit, and takes an hour or two.
import './require-node.mjs'
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './build-if-stale.mjs'
import { WHOLE_FILE } from './test-report.mjs'
import { findFaults, seededRandom, withFault } from './mutate/find-faults.mjs'

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    near: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})

const COMPILER = 'the compiler'
/** A test run that a fault makes wait for ever is ended, and has found it. */
const PATIENCE_MS = 15 * 60_000

const wanted = Number(values.faults)
const faults = shuffledFaults(Number(values.seed)).slice(Number(values.from))
if (values.list) for (const fault of faults.slice(0, wanted)) console.log(nameOf(fault))
else runAll()

/** All faults that are possible, each as likely as any other. */
function shuffledFaults(seed) {
  const listed = execFileSync('git', ['ls-files', 'src-main', 'src-renderer', 'src-shared', 'packages'], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = listed
    .split('\n')
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|test-support|\.d\.ts$/.test(file))
    .filter((file) => file.startsWith(values.only))
  const possible = files.flatMap((file) => {
    const source = fs.readFileSync(path.join(root, file), 'utf8')
    return findFaults(file, source).map((fault) => ({ file, ...fault }))
  })
  const random = seededRandom(seed)
  return possible
    .map((fault) => ({ fault, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ fault }) => fault)
}

function runAll() {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'jira-tpm-mutate-'))
  let [tried, found] = [0, 0]
  try {
    execFileSync('git', ['clone', '--quiet', '--local', root, copy])
    fs.cpSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    })
    for (const [index, fault] of faults.entries()) {
      if (tried === wanted) break
      const startMs = performance.now()
      const by = inCopy(copy, fault)
      const seconds = Math.round((performance.now() - startMs) / 1_000)
      const place = `${Number(values.from) + index}  ${nameOf(fault)}  (${seconds} s)`
      if (by === COMPILER) {
        console.log(`refused    ${place}`)
        continue
      }
      tried += 1
      if (by !== null) found += 1
      console.log(
        `${by === null ? 'NOT FOUND ' : 'found     '} ${place}${by === null ? '' : `\n           by ${by}`}`,
      )
    }
  } finally {
    fs.rmSync(copy, { recursive: true, force: true })
  }
  const share = Math.round((found / tried) * 100)
  console.log(`\n${found} of ${tried} faults found: ${share} %, seed ${values.seed}`)
}

/**
 * The test that finds a fault, or null; `COMPILER` where it does not compile. First those of its folder are tried, then those
 * that import the file, then all, then the journeys in the browser.
 */
function inCopy(copy, fault) {
  const file = path.join(copy, fault.file)
  const source = fs.readFileSync(file, 'utf8')
  fs.writeFileSync(file, withFault(source, fault))
  try {
    if (run(copy, 'typescript/bin/tsc', ['-b']).status !== 0) return COMPILER
    const folder = path.dirname(fault.file)
    const near =
      byVitest(copy, ['run', '--project', 'sqlite', `${folder}/`]) ??
      byVitest(copy, ['related', '--run', '--project', 'sqlite', fault.file])
    if (near !== null || values.near) return near
    return byVitest(copy, ['run']) ?? byPlaywright(copy)
  } finally {
    fs.writeFileSync(file, source)
  }
}

function byVitest(copy, args) {
  const report = path.join(copy, 'test-results', 'mutate.json')
  fs.rmSync(report, { force: true })
  fs.mkdirSync(path.dirname(report), { recursive: true })
  const options = ['--bail=1', '--passWithNoTests', '--reporter=./scripts/vitest-projects.mjs']
  const { status } = run(copy, 'vitest/vitest.mjs', [...args, ...options], { JIRA_TPM_TEST_REPORT: report })
  if (status === 0) return null
  if (!fs.existsSync(report)) return 'a test run that was ended'
  const failed = JSON.parse(fs.readFileSync(report, 'utf8')).filter(({ state }) => state === 'failed')
  // Files that were under way when the first test failed were ended, and have failed as a whole.
  const first = failed.find(({ name }) => name !== WHOLE_FILE) ?? failed[0]
  return first === undefined ? 'a test run that failed' : `${first.file} > ${first.name}`
}

function byPlaywright(copy) {
  const { status, stdout } = run(copy, 'playwright/cli.js', [
    'test',
    '-c',
    'e2e/playwright.config.ts',
    '--max-failures=1',
    '--reporter=line',
  ])
  if (status === 0) return null
  return /^\s*1\) (.+)$/m.exec(stdout)?.[1].trim() ?? 'a run of the journeys that failed'
}

function run(copy, script, args, env = {}) {
  return spawnSync(process.execPath, [path.join(copy, 'node_modules', script), ...args], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: PATIENCE_MS,
    maxBuffer: 1e9,
  })
}

function nameOf({ file, start, name }) {
  const line = fs.readFileSync(path.join(root, file), 'utf8').slice(0, start).split('\n').length
  return `${file}:${line}  ${name}`
}
