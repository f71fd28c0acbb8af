import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n')
const read = (file) => fs.readFileSync(path.join(root, file), 'utf8')
const pages = tracked.filter((file) => file.endsWith('.md') && fs.existsSync(path.join(root, file)))
const there = tracked.filter((file) => fs.existsSync(path.join(root, file)))
/** Not what was decided once, and is replaced; nor what changed between versions. */
const living = pages.filter((page) => page !== 'CHANGELOG.md' && !/Status: replaced by/.test(read(page)))
const decisions = pages.filter((file) => /^docs\/decisions\/\d{4}-/.test(file))

test('README is a front page: 1,300 words at most', () => {
  expect(read('README.md').split(/\s+/).length).toBeLessThanOrEqual(1300)
})

test('every link of a page leads to a file that is there', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
      .map(([, link]) => path.join(path.dirname(page), link))
      .filter((target) => !fs.existsSync(path.join(root, target)))
      .map((target) => `${page}: ${target}`),
  )
  expect(broken).toEqual([])
})

/** What is written when something is run, built or packed. `x.test.ts` stands for any. */
const WRITTEN = [
  'dist/',
  'out/',
  'test-results/e2e/',
  'crashes/',
  'instance.json',
  'config.json',
  'tokens.json',
  'servers.json',
  'stores.json',
  'THIRD-PARTY-LICENSES.md',
  'app-update.yml',
  'latest*.yml',
]
const NAMED = /`([\w-][\w./*-]*(?:\/|\.(?:tsx?|mjs|sql|md|json|css|ya?ml|sh)))`/g

/** `*` stands for any part of a name, and the folders before a path may be left out. */
function isThere(name) {
  const pattern = name.replaceAll('.', '\\.').replaceAll('*', '[^/]*')
  const found = new RegExp(name.endsWith('/') ? `/${pattern}` : `/${pattern}$`)
  return there.some((file) => found.test(`/${file}`))
}

test.each(living)('%s: each file and folder that it names is there', (page) => {
  const missing = [...read(page).matchAll(NAMED)]
    .map(([, name]) => name)
    .filter((name) => !WRITTEN.includes(name) && !/(^|\/)x\./.test(name) && !isThere(name))
  expect(missing).toEqual([])
})

test.each(decisions)('%s has its day and its status, and stands in the index', (page) => {
  expect(read(page)).toMatch(/^# .+\n\n\d{4}-\d\d-\d\d\. Status: (in force|replaced by)/)
  expect(read('docs/decisions/README.md')).toContain(`(${path.basename(page)})`)
})

test('docs/scale.md says of each table where it is in a cluster', () => {
  const migrations = tracked.filter(
    (file) => /^migrations\/.*\.sql$/.test(file) && !file.includes('.sqlite.'),
  )
  const made = migrations.flatMap((file) =>
    [...read(file).matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)].map(([, table]) => table),
  )
  expect(made.length).toBeGreaterThan(20)
  const cluster = read('docs/scale.md').split('## Onto a cluster')[1]
  expect(made.filter((table) => !new RegExp(`['\`]${table}['\`]`).test(cluster))).toEqual([])
})
