import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { CliIo } from './io.ts'
import { createProgress } from './progress.ts'

function written(isTTY: boolean): { io: CliIo; text: () => string } {
  const stderr = new PassThrough()
  const io = { stderr, isTTY, columns: 60 } as unknown as CliIo
  return { io, text: () => String(stderr.read() ?? '') }
}

test('elsewhere than on a terminal: plain lines, one a tenth', () => {
  const { io, text } = written(false)
  const progress = createProgress(io, 'Creating')
  for (let done = 0; done <= 100; done++) progress.update(done, 100)
  progress.end()
  const lines = text().trimEnd().split('\n')
  expect(lines).toHaveLength(11)
  expect(lines[0]).toBe('Creating 0/100')
  expect(lines.at(-1)).toBe('Creating 100/100')
})

test('on a terminal: one line that is written over, no longer than the terminal is wide', () => {
  const { io, text } = written(true)
  const progress = createProgress(io, 'Creating')
  progress.update(25, 100, '12 fetched')
  progress.update(25, 100, '12 fetched')
  progress.update(100, 100, 'x'.repeat(100))
  progress.end()
  const [, first, second] = text().split('\r\u001B[K')
  expect(first).toBe(`Creating ${'█'.repeat(6)}${'░'.repeat(18)} 25/100, 12 fetched`)
  expect(second).toMatch(/x\n$/)
  expect(second?.trimEnd().length).toBe(59)
})
