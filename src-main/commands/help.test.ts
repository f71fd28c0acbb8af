import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { textWidth } from '../print/text-width.ts'
import { createTestIo } from './cli-fixture.ts'
import { runCli } from './run.ts'

/** Options and commands stand as they are, however narrow the terminal is. */
const LEAST_COLUMNS = 70

async function help(argv: readonly string[], columns: number): Promise<string> {
  const { io, written } = createTestIo(tmpdir())
  expect(await runCli([...argv, '-h'], { ...io, columns })).toBe(0)
  return written.stdout
}

const all = await help([], 80)
const commands = [...all.slice(all.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+) /gm)].map(
  ([, name = '']) => name,
)

test('every command is listed', () => {
  expect(commands).toContain('create-tickets')
  expect(commands.length).toBeGreaterThan(20)
})

test.each([LEAST_COLUMNS, 80, 120])('no help is wider than %i columns', async (columns) => {
  for (const argv of [[], ...commands.map((name) => [name])]) {
    for (const line of (await help(argv, columns)).split('\n')) {
      expect(textWidth(line), `${argv.join(' ')}: ${line}`).toBeLessThanOrEqual(columns)
    }
  }
})
