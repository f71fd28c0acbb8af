import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

/** A module that imports an entry which awaits at its top level waits for it, and it for that: for ever, exit 13. */
test.each(['cli.ts', 'main.ts', 'preload.ts', 'secrets/keyring-process.ts'])(
  'the entry %s awaits nothing at its top level',
  (entry) => {
    const source = readFileSync(path.join(import.meta.dirname, entry), 'utf8')
    expect(
      source.split('\n').filter((line) => /^\S.*\bawait\b/.test(line) && !/^(?:\/\/|\*)/.test(line)),
    ).toEqual([])
  },
)
