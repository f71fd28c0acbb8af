import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { SqliteDb } from '../../../src-main/store/sqlite/connection.ts'

/** A folder with room for about 600 kB: on a disk of its own where we may mount one, else by SQLite's own limit. */
export interface SmallDisk {
  readonly folder: string
  /** To be called once after opening a file there: the limit of SQLite is one connection's. */
  limit(db: SqliteDb): void
  /** Makes room, as somebody who deletes files does. */
  grow(db: SqliteDb): void
  remove(): void
}

export function mountSmallDisk(): SmallDisk {
  const folder = mkdtempSync(path.join(tmpdir(), 'jira-tpm-disk-'))
  const mounted = canRun('/bin/mount', '-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', folder)
  return {
    folder,
    limit(db) {
      if (!mounted) limitPages(db, 60)
    },
    grow(db) {
      if (mounted) execFileSync('/bin/mount', ['-o', 'remount,size=6m', folder])
      else limitPages(db, 10_000)
    },
    remove() {
      if (mounted) execFileSync('/bin/umount', [folder])
      rmSync(folder, { recursive: true })
    },
  }
}

function limitPages(db: SqliteDb, pages: number): void {
  db.statement(`PRAGMA max_page_count = ${pages}`).get()
}

function canRun(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
