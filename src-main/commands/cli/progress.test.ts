import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createTestScreen } from '../../../test-support/print/screen.ts'
import { say, type CliIo } from './io.ts'
import { barLine, createProgress } from './progress.ts'

interface World {
  readonly io: CliIo
  readonly lines: () => string[]
  readonly resize: (columns: number) => void
}

function world({ isTTY = true, env = {} }: { isTTY?: boolean; env?: Record<string, string> } = {}): World {
  const screen = createTestScreen({ columns: 60, rows: 20 })
  const stderr = new PassThrough()
  stderr.setEncoding('utf8')
  stderr.on('data', (text: string) => screen.write(text))
  let heard: (() => void) | null = null
  const io = {
    stderr,
    isTTY,
    env,
    get columns() {
      return screen.columns
    },
    get rows() {
      return screen.rows
    },
    onResize(listener: () => void) {
      heard = listener
      return () => (heard = null)
    },
  } as unknown as CliIo
  return {
    io,
    lines: () => screen.text().split('\n'),
    resize(columns) {
      screen.resize({ columns, rows: 20 })
      heard?.()
    },
  }
}

test('elsewhere than on a terminal: plain lines, one a tenth', () => {
  const { io, lines } = world({ isTTY: false })
  const progress = createProgress(io, 'Creating')
  for (let done = 0; done <= 100; done++) progress.update(done, 100)
  progress.end()
  expect(lines()).toHaveLength(11)
  expect(lines()[0]).toBe('Creating 0/100')
  expect(lines().at(-1)).toBe('Creating 100/100')
})

test.each([{ TERM: 'dumb' }, { ACCESSIBLE: '1' }])('%o: plain lines too, nothing is drawn over', (env) => {
  const { io, lines } = world({ env })
  const progress = createProgress(io, 'Creating')
  progress.update(0, 2)
  progress.update(1, 2)
  expect(lines()).toEqual(['Creating 0/2', 'Creating 1/2'])
})

test('on a terminal: one line that is written over, no longer than the terminal is wide, also when that changes', () => {
  const { io, lines, resize } = world()
  const progress = createProgress(io, 'Creating')
  progress.update(25, 100, '12 fetched')
  expect(lines()).toEqual([`Creating ${'█'.repeat(6)}${'░'.repeat(18)} 25/100, 25 %, 12 fetched`])
  progress.update(100, 100, 'x'.repeat(100))
  expect(lines()).toEqual([`Creating ${'█'.repeat(24)} 100/100, 100 %`])
  resize(30)
  expect(lines()).toEqual([`Creating ${'█'.repeat(12)} 100/100`])
  progress.end()
})

test('what is said meanwhile stands above the bar, and the bar stays whole', () => {
  const { io, lines } = world()
  const progress = createProgress(io, 'Creating')
  progress.update(1, 2)
  say(io, 'The store can be used again.')
  const bar = `Creating ${'█'.repeat(12)}${'░'.repeat(12)} 1/2, 50 %`
  expect(lines()).toEqual(['The store can be used again.', bar])
  progress.end()
  say(io, 'Done.')
  expect(lines()).toEqual(['The store can be used again.', bar, 'Done.'])
})

test('the time that is left comes once it can be told', () => {
  const { io, lines } = world()
  let nowMs = 0
  const progress = createProgress(io, 'Deleting', () => nowMs)
  progress.update(0, 100)
  nowMs = 1_000
  progress.update(10, 100)
  expect(lines()[0]).not.toContain('left')
  nowMs = 30_000
  progress.update(50, 100)
  expect(lines()[0]).toContain('50/100, 50 %, 30 s left')
})

test('a bar in ASCII', () => {
  const state = { label: 'Creating', done: 1, total: 2, facts: [] }
  expect(barLine(state, 30, true)).toBe('Creating #####...... 1/2, 50 %')
})
