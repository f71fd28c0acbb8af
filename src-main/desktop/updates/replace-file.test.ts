import { access, constants, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { replaceProgram } from './replace-file.ts'

let folder: string
let file: string
let by: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tpm-replace-'))
  file = path.join(folder, 'Jira TPM.AppImage')
  by = path.join(folder, 'downloaded')
  await writeFile(file, 'old')
  await writeFile(by, 'new', { mode: 0o600 })
})
afterEach(() => rm(folder, { recursive: true }))

async function canRun(program: string): Promise<boolean> {
  return access(program, constants.X_OK).then(
    () => true,
    () => false,
  )
}

test('the new one is in the old one’s place and can be run; nothing else is left', async () => {
  replaceProgram(file, by)
  expect(await readFile(file, 'utf8')).toBe('new')
  expect(await canRun(file)).toBe(true)
  expect(await readdir(folder)).toEqual(['Jira TPM.AppImage'])
})

test('where it cannot be written whole, the old one stays', async () => {
  await rm(by)
  await mkdir(by) // cannot be copied as a file
  expect(() => replaceProgram(file, by)).toThrow(/EISDIR|EPERM|EACCES|directory/)
  expect(await readFile(file, 'utf8')).toBe('old')
  expect((await readdir(folder)).toSorted()).toEqual(['Jira TPM.AppImage', 'downloaded'])
})

test('where it cannot be put there, nothing is left over and the download is kept', async () => {
  const taken = path.join(folder, 'a folder')
  await mkdir(path.join(taken, 'with something in it'), { recursive: true })
  expect(() => replaceProgram(taken, by)).toThrow(/EISDIR|ENOTEMPTY|EPERM|EEXIST/)
  expect((await readdir(folder)).toSorted()).toEqual(['Jira TPM.AppImage', 'a folder', 'downloaded'])
})
