// Runs every benchmark in bench/ (or those named), one after the other, and prints one table. With --before REF the same
// is done in the version of that commit, in turns, and printed beside.
import './require-node.mjs'
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { buildIfStale, root } from './build-if-stale.mjs'
import { load, markOurs, watchOtherWork } from './other-work.mjs'

/** Of a core: where other work took more, figures are taken again. */
const BUSY = 0.25
const MAX_REPEATS = 2
/** What is not to be slower than before. */
const COMPARED = ['counts', 'creates', 'latency', 'sync']
/** Before, now, before, now. */
const TURNS = 2

const { values, positionals } = parseArgs({ options: { before: { type: 'string' } }, allowPositionals: true })
const wanted = positionals.length > 0 || values.before === undefined ? positionals : COMPARED
const files = fs
  .globSync('bench/*.ts', { cwd: root })
  .filter((file) => path.basename(file) !== 'bench.ts')
  .filter((file) => wanted.length === 0 || wanted.includes(path.basename(file, '.ts')))
  .toSorted()
if (files.length === 0) {
  console.error(`No benchmark is called ${wanted.join(', ')}.`)
  process.exit(2)
}

buildIfStale()
markOurs()
const former = values.before === undefined ? null : buildFormer(values.before)
for (const file of files) {
  console.log(`\n${path.basename(file, '.ts')}, load ${load()} before`)
  try {
    if (former !== null && fs.existsSync(path.join(former, file))) await compare(file)
    else printAll(await quietly(() => take(root, file)))
  } catch (error) {
    // The others still print theirs.
    console.error('  could not be run:', error)
    process.exitCode = 1
  }
}

/** The figures of a benchmark of the version in that folder. */
async function take(folder, file) {
  const child = fork(path.join(root, 'scripts', 'bench-one.mjs'), [path.join(folder, file)], {
    cwd: folder,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code}`)))
  const [results] = await Promise.race([once(child, 'message'), ended])
  await ended.catch(() => {})
  return results
}

/** Figures that were taken while the machine was busy are taken again; in the end those of the quietest time stand. */
async function quietly(taking) {
  let best = null
  for (let n = 0; n <= MAX_REPEATS; n++) {
    const other = watchOtherWork()
    const results = await taking()
    const taken = { results, load: load(), other: other() }
    if (best === null || taken.other < best.other) best = taken
    if ((best.other ?? 0) <= BUSY) return best
    const next = n < MAX_REPEATS ? 'they are taken again' : 'those of the quietest time stand'
    console.log(`  Other work took ${cores(taken.other)} while these were taken: ${next}.`)
  }
  return best
}

async function compare(file) {
  const taken = await quietly(async () => {
    const rounds = []
    for (let n = 0; n < TURNS; n++)
      rounds.push({ before: await take(former, file), now: await take(root, file) })
    return rounds
  })
  /** `nth`: of several figures of one name, which. */
  const mean = (when, name, nth) => {
    const found = taken.results.map(
      (round) => round[when].filter((figure) => figure.name === name)[nth]?.value,
    )
    return found.includes(undefined) ? undefined : found.reduce((a, b) => a + b, 0) / found.length
  }
  const now = taken.results.at(-1).now
  const results = now.map((figure, at) => {
    const nth = now.slice(0, at).filter(({ name }) => name === figure.name).length
    const value = mean('now', figure.name, nth) ?? figure.value
    return { ...figure, value, before: mean('before', figure.name, nth) }
  })
  printAll({ ...taken, results })
}

function printAll({ results, ...taken }) {
  const busy = taken.other === null ? '' : `, other work ${cores(taken.other)}`
  for (const result of results) console.log(`${line(result)}   [load ${taken.load}${busy}]`)
}

function line({ name, value, unit, target, met, before }) {
  const figure = `${number(value)} ${unit}`.padStart(22)
  const earlier = before === undefined ? '' : `   before ${number(before)} (${number(value / before)} times)`
  const verdict = target === undefined ? '' : `   target ${target}: ${met ? 'met' : 'MISSED'}`
  return `  ${name.padEnd(62)}${figure}${earlier}${verdict}`
}

function number(value) {
  return value.toLocaleString('en', { maximumFractionDigits: 2 })
}

function cores(share) {
  return `${Math.round(100 * share)} % of a core`
}

/** The version of a commit in a folder of its own, built, with the packages of this one. */
function buildFormer(ref) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jira-tpm-before-'))
  process.once('exit', () => git('worktree', 'remove', '--force', folder))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  git('worktree', 'add', '--quiet', '--detach', '--force', folder, ref)
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction')
  const electronVite = path.join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  execFileSync(process.execPath, [electronVite, 'build', '--logLevel', 'error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  return folder
}

function git(...args) {
  execFileSync('git', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
}
