import { expect, test } from 'vitest'
import { actionOf, type KeyPress } from './keys.ts'

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
  ['Home', 'bar-first'],
  ['Enter', 'bar-open'],
  ['[', 'span-previous'],
  [']', 'span-next'],
  ['-', 'zoom-out'],
  ['=', 'zoom-in'],
  ['Backspace', 'step-back'],
  ['N', 'span-now'],
  ['Escape', 'back'],
  [',', 'settings'],
])('%s does %s', (key, action) => {
  expect(actionOf(press(key))).toBe(action)
})

test('R leads to the run panel, with shift to all runs', () => {
  expect(actionOf(press('r'))).toBe('run-start')
  expect(actionOf(press('R', { shiftKey: true }))).toBe('runs')
})

test('shift selects along the bars, and does not stand in the way of ? and +', () => {
  expect(actionOf(press('ArrowRight', { shiftKey: true }))).toBe('select-next')
  expect(actionOf(press('Home', { shiftKey: true }))).toBe('select-first')
  expect(actionOf(press('?', { shiftKey: true }))).toBe('keys')
  expect(actionOf(press('+', { shiftKey: true }))).toBe('zoom-in')
  expect(actionOf(press('D', { shiftKey: true }))).toBeNull()
})

test('brackets are typed with AltGr or ⌥ on many keyboards', () => {
  expect(actionOf(press('[', { ctrlKey: true, altKey: true }))).toBe('span-previous')
  expect(actionOf(press(']', { altKey: true }))).toBe('span-next')
})

test('Ctrl-K and ⌘K open the command list; other such keys stay the browser’s', () => {
  expect(actionOf(press('k', { ctrlKey: true }))).toBe('commands')
  expect(actionOf(press('k', { metaKey: true }))).toBe('commands')
  expect(actionOf(press('r', { ctrlKey: true }))).toBeNull()
  expect(actionOf(press('1', { altKey: true }))).toBeNull()
  expect(actionOf(press('+', { ctrlKey: true }))).toBeNull()
  expect(actionOf(press('[', { metaKey: true }))).toBeNull()
})
