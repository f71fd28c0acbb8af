import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { binaryTarget } from './binary-target.mjs'

const PREBUILDS = path.join(import.meta.dirname, '../../node_modules/better-sqlite3/prebuilds')

test.each(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'])(
  'a library for %s is known by its header',
  async (target) => {
    expect(binaryTarget(await readFile(path.join(PREBUILDS, `${target}.node`)))).toBe(target)
  },
)

test('what is no library is for nothing', () => {
  expect(binaryTarget(Buffer.from('#!/bin/sh'))).toBeNull()
  expect(binaryTarget(Buffer.alloc(4_096))).toBeNull()
  const cut = Buffer.alloc(64)
  cut.write('MZ')
  cut.writeUInt32LE(4_000, 0x3c)
  expect(binaryTarget(cut)).toBeNull()
})
