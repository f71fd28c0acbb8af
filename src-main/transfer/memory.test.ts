import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { makeTestData } from '../../test-support/store/store.ts'

const SCRIPT = fileURLToPath(new URL('../../test-support/transfer/move-many.ts', import.meta.url))
const COUNT = process.env['JIRA_TPM_LONG'] ? 200_000 : 40_000
/** The program itself needs less than 24 MB; the tickets as objects would need half a kilobyte each more. */
const HEAP_MB = 32
/**
 * What is marked bit by bit outlives the collection though nothing needs it any more: up to 10 MB, by chance. Marked at once, what
 * is left is what is held.
 */
const EXACT = '--no-incremental-marking'

test(
  'however many tickets are imported and exported, memory stays the same',
  { timeout: 240_000 },
  async () => {
    const { config } = await makeTestData()
    const { stdout } = await promisify(execFile)(process.execPath, [
      `--max-old-space-size=${HEAP_MB}`,
      EXACT,
      '--disable-warning=ExperimentalWarning',
      SCRIPT,
      JSON.stringify(config),
      String(COUNT),
    ])
    const { imported, exported, characters } = JSON.parse(stdout) as Record<string, number>
    expect([imported, exported]).toEqual([COUNT, COUNT])
    expect(characters).toBeGreaterThan(COUNT * 100)
  },
)
