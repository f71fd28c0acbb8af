import { expect, test } from 'vitest'
import { actionOf, type KeyPress } from './commands.ts'

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
})

test.each([
  ['1', 'view-bar'],
  ['ArrowLeft', 'bar-previous'],
  ['N', 'hour-now'],
  ['Escape', 'back'],
  [',', 'settings'],
])('%s does %s', (key, action) => {
  expect(actionOf(press(key))).toBe(action)
})

test('R leads to the run panel, with shift to all runs', () => {
  expect(actionOf(press('r'))).toBe('run-start')
  expect(actionOf(press('R', { shiftKey: true }))).toBe('runs')
})

test('shift turns bars into hours, and does not stand in the way of ?', () => {
  expect(actionOf(press('ArrowRight', { shiftKey: true }))).toBe('hour-next')
  expect(actionOf(press('?', { shiftKey: true }))).toBe('keys')
  expect(actionOf(press('D', { shiftKey: true }))).toBeNull()
})

test('Ctrl-K and ⌘K open the command list; other such keys stay the browser’s', () => {
  expect(actionOf(press('k', { ctrlKey: true }))).toBe('commands')
  expect(actionOf(press('k', { metaKey: true }))).toBe('commands')
  expect(actionOf(press('r', { ctrlKey: true }))).toBeNull()
  expect(actionOf(press('1', { altKey: true }))).toBeNull()
})
