import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pruneDumps } from './prune-dumps.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tpm-dumps-'))
  await mkdir(path.join(folder, 'completed'))
})
afterEach(() => rm(folder, { recursive: true }))

async function put(name: string, ageS: number): Promise<void> {
  const file = path.join(folder, name)
  await writeFile(file, 'x')
  const at = Date.now() / 1_000 - ageS
  await utimes(file, at, at)
}

test('the newest stay, with what lies beside them', async () => {
  for (let n = 0; n < 13; n++) {
    await put(`completed/${n}.dmp`, n * 60)
    await put(`completed/${n}.meta`, 0)
  }
  await put('settings.dat', 9_999)
  expect(pruneDumps(folder, 10)).toBe(10)
  const kept = await readdir(path.join(folder, 'completed'))
  const expected = Array.from({ length: 10 }, (_, n) => [`${n}.dmp`, `${n}.meta`]).flat()
  expect(kept.toSorted()).toEqual(expected.toSorted())
  expect(await readdir(folder)).toContain('settings.dat')
})

test('a few are left alone', async () => {
  await put('completed/a.dmp', 10)
  expect(pruneDumps(folder, 10)).toBe(1)
  expect(await readdir(path.join(folder, 'completed'))).toEqual(['a.dmp'])
})
