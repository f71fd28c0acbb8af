import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root } from './build-if-stale.mjs'

const page = fs.readFileSync(path.join(root, 'docs', 'security.md'), 'utf8')

/** The tests that a row names: `file` “test”, “another”; `file` … */
function testsNamedIn(row) {
  return row
    .split(/`(?=[^`]+\.(?:test|spec)\.m?ts`|[^`]+\.test\.mjs`)/)
    .slice(1)
    .map((part) => ({
      file: part.slice(0, part.indexOf('`')),
      names: [...part.matchAll(/“([^”]+)”/g)].map(([, name]) => name),
    }))
}

/** Whether a test, or a group of tests, has this very title. */
function hasTitle(source, title) {
  return ["'", '"', '`'].some((quote) => {
    const written = `${quote}${title.replaceAll(quote, `\\${quote}`)}${quote}`
    return source
      .split(written)
      .slice(0, -1)
      .some((before) => /\(\s*$/.test(before))
  })
}

const rows = page.split('\n').filter((line) => /^\| (?!promise \|)/.test(line))
const named = rows.flatMap(testsNamedIn)

test('docs/security.md: each promise names a test', () => {
  expect(rows.length).toBeGreaterThan(40)
  for (const row of rows) {
    expect(testsNamedIn(row).length, row).toBeGreaterThan(0)
    for (const { file, names } of testsNamedIn(row)) expect(names.length, file).toBeGreaterThan(0)
  }
})

test.each(named)('docs/security.md: $file has the tests that it names', ({ file, names }) => {
  const source = fs.readFileSync(path.join(root, file), 'utf8')
  expect(names.filter((name) => !hasTitle(source, name))).toEqual([])
})
