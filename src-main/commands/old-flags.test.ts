import { Command } from 'commander'
import { expect, test } from 'vitest'
import { withoutOldFlags } from './program.ts'

const program = new Command().option('--jira <target>').option('--json')
program.command('create-tickets').option('--count <n>').option('--png <file>').option('--yes')
program.command('fetch-tickets').option('--watch')
program.command('plot-data').option('--png <file>')
program.command('create-table')

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
  expect(withoutOldFlags([flag], program)).toEqual([[command]])
  expect(withoutOldFlags(['--jira', 'sandbox', flag, '--json'], program)).toEqual([
    [command, '--jira', 'sandbox', '--json'],
  ])
})

test("today's commands pass as they are", () => {
  expect(withoutOldFlags(['counts', '--json'], program)).toEqual([['counts', '--json']])
  expect(withoutOldFlags([], program)).toEqual([[]])
})

test('several are done in one order, whatever order they are written in', () => {
  const commands = [['create-table'], ['create-tickets'], ['fetch-tickets'], ['plot-data']]
  expect(withoutOldFlags(['-t', '-c', '-f', '-p'], program)).toEqual(commands)
  expect(withoutOldFlags(['--plot-data', '-f', '--create-tickets', '-t', '-f'], program)).toEqual(commands)
})

test('each gets the options that are its own, all get the common ones', () => {
  const line = '--json -f --count 5 -p --png a.png --watch -c --jira=sandbox --yes'
  expect(withoutOldFlags(line.split(' '), program)).toEqual([
    ['create-tickets', '--json', '--count', '5', '--jira=sandbox', '--yes'],
    ['fetch-tickets', '--json', '--watch', '--jira=sandbox'],
    ['plot-data', '--json', '--png', 'a.png', '--jira=sandbox'],
  ])
})

test('what nobody knows is refused before anything is done: the first one is given it', () => {
  expect(withoutOldFlags(['-f', '-c', '--cuont', '5'], program)[0]).toEqual([
    'create-tickets',
    '--cuont',
    '5',
  ])
})

test('what may not be guessed at stands alone', () => {
  expect(() => withoutOldFlags(['-c', '-d'], program)).toThrow('drop-table goes with no other command')
  expect(() => withoutOldFlags(['-c', '-f', '--dry-run'], program)).toThrow('--dry-run goes with no other')
})
