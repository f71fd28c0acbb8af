import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NEW_WINDOW_STATE, readWindowState, saveWindowState, type WindowState } from './window-state.ts'

let folder: string
let file: string
let logged: string[]
let log: pino.Logger

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'window-state-'))
  file = path.join(folder, 'window.json')
  logged = []
  log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
})

afterEach(() => rm(folder, { recursive: true }))

test('what was saved is read back', () => {
  const state: WindowState = {
    bounds: { x: 10, y: -20, width: 900, height: 700 },
    maximized: true,
    theme: 'dark',
  }
  saveWindowState(file, state, log)
  expect(readWindowState(file, log)).toEqual(state)
  expect(logged).toEqual([])
})

test('without a file the window opens as new, and nothing is complained of', () => {
  expect(readWindowState(file, log)).toEqual(NEW_WINDOW_STATE)
  expect(logged).toEqual([])
})

test.each([
  ['cut', '{"bounds":'],
  ['empty', ''],
  ['of another shape', '{"bounds":{"x":"left"},"maximized":false,"theme":"dark"}'],
  ['of wild numbers', '{"bounds":{"x":1e300,"y":0,"width":1,"height":1},"maximized":false,"theme":"dark"}'],
])('a file that is %s opens a new window and is logged', async (_what, text) => {
  await writeFile(file, text)
  expect(readWindowState(file, log)).toEqual(NEW_WINDOW_STATE)
  expect(logged).toHaveLength(1)
})

test('a folder that is gone is logged, and the window still closes', async () => {
  saveWindowState(path.join(folder, 'gone', 'window.json'), NEW_WINDOW_STATE, log)
  expect(logged).toHaveLength(1)
  await expect(readFile(file)).rejects.toThrow('ENOENT')
})
