import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { textWidth } from '../print/text-width.ts'
import { createTestIo } from '../../test-support/commands/cli.ts'
import { runCli } from './program.ts'

/** Options and commands stand as they are, however narrow the terminal is. */
const LEAST_COLUMNS = 70

async function help(argv: readonly string[], columns: number): Promise<string> {
  const { io, written } = createTestIo(tmpdir())
  expect(await runCli([...argv, '-h'], { ...io, columns })).toBe(0)
  return written.stdout
}

const all = await help([], 80)
const commands = [...all.slice(all.indexOf('\nWatch:')).matchAll(/^ {2}([a-z-]+) /gm)].map(
  ([, name = '']) => name,
)

test('commands stand in groups by what people want: to watch, to rehearse, to prove, to set up', () => {
  const headings = [...all.matchAll(/^([A-Z][a-z ]+):$/gm)].map(([, heading]) => heading)
  expect(headings).toEqual(['Options', 'Watch', 'Rehearse', 'Prove', 'Set up'])
})

test('every command is listed', () => {
  expect(commands).toContain('create-tickets')
  expect(commands.length).toBeGreaterThan(20)
})

test('each default is said once, as it would be written', async () => {
  const tokens = ['create', 'link', 'list', 'revoke', 'rotate'].map((name) => ['token', name])
  for (const argv of [[], ...commands.map((name) => [name]), ...tokens]) {
    for (const option of (await help(argv, 1_000)).split('\n')) {
      const defaults = option.match(/\(default: /g) ?? []
      expect(defaults.length, `${argv.join(' ')}: ${option}`).toBeLessThan(2)
      expect(option).not.toMatch(/\(default: (["[]|\d{6})/)
    }
  }
  expect(await help(['counts'], 1_000)).toMatch(/--to .*\(default: now\)/)
  expect(await help(['runs'], 1_000)).toMatch(/--limit .*\(default: 20\)/)
  expect(await help(['create-tickets'], 1_000)).toMatch(/--compress .*\(default: 1\)/)
  expect(await help(['demo'], 1_000)).toMatch(/--compress .*\(default: 120\)/)
})

test.each([LEAST_COLUMNS, 80, 120])('no help is wider than %i columns', async (columns) => {
  for (const argv of [[], ...commands.map((name) => [name])]) {
    for (const line of (await help(argv, columns)).split('\n')) {
      expect(textWidth(line), `${argv.join(' ')}: ${line}`).toBeLessThanOrEqual(columns)
    }
  }
})
