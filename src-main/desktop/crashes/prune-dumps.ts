import { readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * Deletes all but the newest `most` crash dumps below a folder, and what was written next to each under its name. Files
 * that are no dumps stay. Gives how many dumps are left.
 */
export function pruneDumps(folder: string, most: number): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    path.join(folder, name),
  )
  const dumps = files
    .filter((file) => file.endsWith('.dmp'))
    .map((file) => ({ file, atMs: statSync(file).mtimeMs }))
    .toSorted((a, b) => b.atMs - a.atMs)
  for (const { file } of dumps.slice(most)) {
    const stem = file.slice(0, -'.dmp'.length)
    for (const other of files) if (other.startsWith(`${stem}.`)) rmSync(other, { force: true })
  }
  return Math.min(dumps.length, most)
}
