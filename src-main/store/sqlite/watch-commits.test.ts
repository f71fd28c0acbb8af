import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchCommits } from './commits.ts'

describe('watching for commits of others', () => {
  let folder: string
  let file: string
  let version: number
  const dataVersion = (): number => version
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-watch-'))
    file = path.join(folder, 'tpm.sqlite')
    version = 1
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('a write to the WAL is announced where the version of the data rose', async () => {
    const looks = vi.fn(dataVersion)
    const announce = vi.fn()
    const stop = watchCommits(file, looks, announce)
    looks.mockClear()
    await writeFile(`${file}-wal`, 'our own commit')
    await vi.waitFor(() => expect(looks).toHaveBeenCalled())
    expect(announce).not.toHaveBeenCalled()

    version = 2
    await writeFile(`${file}-wal`, "another's commit")
    await vi.waitFor(() => expect(announce).toHaveBeenCalledTimes(1))
    stop()
  })

  test('a version that cannot be read is announced: the reader meets the error', async () => {
    const announce = vi.fn()
    let broken = false
    const stop = watchCommits(
      file,
      () => {
        if (broken) throw new Error('disk I/O error')
        return version
      },
      announce,
    )
    broken = true
    await writeFile(`${file}-wal`, 'x')
    await vi.waitFor(() => expect(announce).toHaveBeenCalled())
    stop()
  })

  test('where the folder cannot be watched, the version is looked at now and then', async () => {
    const announce = vi.fn()
    const stop = watchCommits(path.join(folder, 'missing', 'tpm.sqlite'), dataVersion, announce)
    version = 2
    await vi.waitFor(() => expect(announce).toHaveBeenCalledTimes(1), { timeout: 20_000 })
    stop()
  })
})
