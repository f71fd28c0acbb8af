import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { makeTestData } from '../store/testing.ts'
import { EXPORT_FORMATS } from './ticket-lines.ts'

const COUNT = 200_000
/** The program itself needs less than 24 MB; the tickets as objects would need 100 MB more. */
const HEAP_MB = 32

test.each(EXPORT_FORMATS)(
  'however many tickets are imported and exported, memory stays the same: %s',
  { timeout: 240_000 },
  async (format) => {
    const { config } = await makeTestData()
    const { stdout } = await promisify(execFile)(process.execPath, [
      `--max-old-space-size=${HEAP_MB}`,
      '--disable-warning=ExperimentalWarning',
      path.join(import.meta.dirname, 'fixtures', 'move-many.ts'),
      JSON.stringify(config),
      String(COUNT),
      format,
    ])
    const { imported, exported, characters } = JSON.parse(stdout) as Record<string, number>
    expect([imported, exported]).toEqual([COUNT, COUNT])
    expect(characters).toBeGreaterThan(COUNT * 100)
  },
)
