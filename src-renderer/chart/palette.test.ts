import { expect, test } from 'vitest'
import { hex } from './figures.ts'

test.each([
  ['rgb(165, 48, 26)', '#a5301a'],
  ['rgb(0, 0, 255)', '#0000ff'],
])('%s is %s', (rgb, expected) => {
  expect(hex(rgb)).toBe(expected)
})
