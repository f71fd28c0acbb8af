import { expect, test } from 'vitest'
import { withoutOldFlags } from './old-flags.ts'

test.each([
  ['-c', 'create-tickets'],
  ['--create-tickets', 'create-tickets'],
  ['-f', 'fetch-tickets'],
  ['--fetch-tickets', 'fetch-tickets'],
  ['-p', 'plot-data'],
  ['--plot-data', 'plot-data'],
  ['-t', 'create-table'],
  ['--create-table', 'create-table'],
  ['-d', 'drop-table'],
  ['--drop-table', 'drop-table'],
])('%s is the command %s, wherever it stands', (flag, command) => {
  expect(withoutOldFlags([flag])).toEqual([command])
  expect(withoutOldFlags(['--jira', 'sandbox', flag, '--json'])).toEqual([
    command,
    '--jira',
    'sandbox',
    '--json',
  ])
})

test("today's commands pass as they are", () => {
  expect(withoutOldFlags(['counts', '--json'])).toEqual(['counts', '--json'])
})

test('two are refused', () => {
  expect(() => withoutOldFlags(['-c', '--fetch-tickets'])).toThrow('One command a call')
})
