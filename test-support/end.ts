import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished, TestRunner } from 'vitest'

const undoings: (() => Promise<void>)[] = []

/** What was to be undone when the file ends, undone: called at each file's end by `scripts/vitest-setup.mjs`. */
export async function endOfFile(): Promise<void> {
  for (const undo of undoings.splice(0).toReversed()) await undo()
}

/** Has something undone when the test's file ends. What was made last is undone first. */
export function atFileEnd(undo: () => Promise<void>): void {
  undoings.push(undo)
}

/** Has something undone when the test ends; outside of a test, when its file ends. What was made last is undone first. */
export function atEnd(undo: () => Promise<void>): void {
  if (TestRunner.getCurrentTest() === undefined) atFileEnd(undo)
  else onTestFinished(undo)
}

/** A new folder, removed when the test ends; outside of one, when its file ends. */
export function testFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tpm-test-'))
  atEnd(async () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
