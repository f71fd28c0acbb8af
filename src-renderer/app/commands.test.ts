import { expect, test } from 'vitest'
import { matching, type Command } from './commands.ts'

const command = (title: string, enabled = true): Command => ({
  id: 'fetch',
  title,
  group: 'Tickets',
  enabled,
  run: () => {},
})
const commands = [command('Fetch now'), command('Stop the run…'), command('Pause the run', false)]
const titles = (text: string): string[] => matching(commands, text).map(({ title }) => title)

test('an empty text finds every command that makes sense now', () => {
  expect(titles('  ')).toEqual(['Fetch now', 'Stop the run…'])
})

test('words are found in any order, in the group too', () => {
  expect(titles('run stop')).toEqual(['Stop the run…'])
  expect(titles('TICK fetch')).toEqual(['Fetch now'])
  expect(titles('nothing like it')).toEqual([])
})
