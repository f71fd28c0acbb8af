import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root } from './build-if-stale.mjs'

/** `.ci/run` from top to bottom, without its comments and functions. */
const lines = (await readFile(path.join(root, '.ci/run'), 'utf8'))
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll(/^\w+\(\) \{\n[^]*?^\}\n/gm, '')
  .trim()
  .split('\n')

/** What is begun, in its order, without what it is given to work on. */
const begun = lines.flatMap(
  (line) =>
    /^(?!.*\becho ['"]).*?\b(npm \w+|npx|node|make|apt-get|install\w*|without_services|verify)\b/.exec(
      line,
    )?.[1] ?? [],
)

test('.ci/run: README’s `npm ci && npm test` comes before all but Debian’s packages that tests need', () => {
  const tests = begun.indexOf('npm test')
  expect(begun.slice(0, tests + 1)).toEqual([
    'install',
    'install',
    'without_services',
    'install_postgres',
    'without_services',
    'npm ci',
    'npm test',
  ])
  expect(begun.slice(tests + 1)).toEqual(['without_services', 'verify', 'verify', 'verify', 'verify'])
  expect(
    lines
      .filter((line) => /\binstall\w* /.test(line))
      .slice(0, 3)
      .join('\n'),
  ).not.toMatch(/docker|caddy|ssh/)
})

test('.ci/run: its last line is the sum', () => {
  expect(lines.slice(-2)).toEqual(['echo "$passed passed, $failed failed"', '[ "$failed" -eq 0 ]'])
})
