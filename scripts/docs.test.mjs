import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n')
const read = (file) => fs.readFileSync(path.join(root, file), 'utf8')
const pages = tracked.filter((file) => file.endsWith('.md') && fs.existsSync(path.join(root, file)))
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

test('the architecture, and what CONTRIBUTING lists, name files and folders that are there', () => {
  const madeAtRunTime = ['instance.json', 'config.json']
  const isThere = (name) =>
    madeAtRunTime.includes(name) ||
    tracked.some((file) => `/${file}`.includes(`/${name}`) && fs.existsSync(path.join(root, file)))
  const missing = ['docs/architecture.md', 'CONTRIBUTING.md', 'docs/glossary.md'].flatMap((page) =>
    [...read(page).matchAll(/`([\w-][\w./-]*(?:\/|\.(?:tsx?|mjs|sql|md|json|css|yml)))`/g)]
      .map(([, name]) => name)
      .filter((name) => !isThere(name) && !/^x[./]/.test(name))
      .map((name) => `${page}: ${name}`),
  )
  expect(missing).toEqual([])
})

test.each(decisions)('%s has its day and its status, and stands in the index', (page) => {
  expect(read(page)).toMatch(/^# .+\n\n\d{4}-\d\d-\d\d\. Status: (in force|replaced by)/)
  expect(read('docs/decisions/README.md')).toContain(`(${path.basename(page)})`)
})
