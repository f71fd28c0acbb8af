import { expect, test } from 'vitest'
import { createRedrawn } from './redraw.ts'
import { createTestScreen, type TestScreen } from '../../test-support/print/screen.ts'

function onScreen(columns: number, rows: number) {
  const screen: TestScreen = createTestScreen({ columns, rows })
  let writes = 0
  const output = {
    write(text: string) {
      writes++
      screen.write(text)
      return true
    },
  }
  return { screen, redrawn: createRedrawn(output, () => screen), writes: () => writes }
}

test('lines are written over in place, also by fewer and shorter ones; what stood above stays', () => {
  const { screen, redrawn } = onScreen(40, 10)
  screen.write('before\n')
  redrawn.draw(['one', 'two', 'three is long'])
  redrawn.draw(['1', '2', '3'])
  expect(screen.text()).toBe('before\n1\n2\n3')
  redrawn.draw(['1'])
  expect(screen.text()).toBe('before\n1')
  redrawn.end()
  redrawn.draw(['below'])
  expect(screen.text()).toBe('before\n1\nbelow')
  redrawn.clear()
  expect(screen.text()).toBe('before\n1')
})

test('nothing is written where nothing changed, and a change comes in one piece', () => {
  const { redrawn, writes } = onScreen(40, 10)
  redrawn.draw(['one', 'two'])
  redrawn.draw(['one', 'two'])
  expect(writes()).toBe(1)
  redrawn.draw(['one', 'three'])
  expect(writes()).toBe(2)
})

test('a terminal of another size is written to anew, although the lines are the same', () => {
  const { screen, redrawn, writes } = onScreen(40, 10)
  redrawn.draw(['one'])
  screen.resize({ columns: 20, rows: 10 })
  redrawn.draw(['one'])
  expect(writes()).toBe(2)
})

test('what is wider or higher than the terminal is cut: a wrapped or scrolled line could not be written over', () => {
  const { screen, redrawn } = onScreen(10, 4)
  screen.write('above\n')
  const lines = ['a'.repeat(30), 'b', 'c', 'd', 'e']
  redrawn.draw(lines)
  redrawn.draw(lines.map((line) => line.toUpperCase()))
  expect(screen.all()).toBe('above\nAAAAAAAAA\nB\nC')
})

test('a terminal that became narrower has wrapped its lines: all of them are written over', () => {
  const { screen, redrawn } = onScreen(40, 12)
  screen.write('above\n')
  redrawn.draw(['x'.repeat(30), 'y'.repeat(30)])
  screen.resize({ columns: 20, rows: 12 })
  redrawn.draw(['x'.repeat(30), 'y'.repeat(30)])
  expect(screen.text()).toBe(`above\n${'x'.repeat(19)}\n${'y'.repeat(19)}`)
  screen.resize({ columns: 60, rows: 12 })
  redrawn.draw(['x'.repeat(30), 'y'.repeat(30)])
  expect(screen.text()).toBe(`above\n${'x'.repeat(30)}\n${'y'.repeat(30)}`)
})
