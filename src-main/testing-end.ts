import { afterAll, onTestFinished, TestRunner } from 'vitest'

const atFileEnd: (() => Promise<void>)[] = []
// Registered here, while the file is read: a hook that runs can register no other.
afterAll(async () => {
  for (const undo of atFileEnd.splice(0).toReversed()) await undo()
})

/** Has something undone when the test ends; outside of a test, when its file ends. What was made last is undone first. */
export function atEnd(undo: () => Promise<void>): void {
  if (TestRunner.getCurrentTest() === undefined) atFileEnd.push(undo)
  else onTestFinished(undo)
}
