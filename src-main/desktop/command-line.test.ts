import { expect, test } from 'vitest'
import { desktopFlags } from './command-line.ts'

test.each([
  [['electron', '.', '--data-dir', '/x'], { dataDir: '/x' }],
  [['electron', '.', '--user-data-dir=/y', '--no-sandbox'], { dataDir: '/y' }],
  [
    ['app', '--jira', 'sandbox', '--project=OPS', '--store', 'postgres://db', '--fallback', 'sqlite'],
    { jira: 'sandbox', project: 'OPS', store: 'postgres://db', fallback: 'sqlite' },
  ],
  [['app', '--remote-debugging-port=0', '--enable-features=A'], {}],
  [['app', '--data-dir='], {}],
])('%j asks for %j', (argv, wanted) => {
  expect(desktopFlags(argv)).toEqual({
    jira: undefined,
    project: undefined,
    store: undefined,
    fallback: undefined,
    dataDir: undefined,
    envFile: undefined,
    ...wanted,
  })
})
