import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { projectFile } from './project-files.ts'

/** Hosts read the machine's clock as they like; so do tests. */
const HOSTS = /^src-main\/((desktop|server|commands)\/|(main|preload|cli)\.ts$)/
const FOR_TESTS = /\.test\.ts$|\/testing[^/]*\.ts$|-fixture\.ts$|\/fixtures\//
/** The one place where the machine is asked what time it is. */
const CLOCK = 'src-main/runtime/clock.ts'
const ASKS_THE_MACHINE = /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bTemporal\.Now\b/

function coreFiles(): string[] {
  const files = globSync(['src-main/**/*.ts', 'src-shared/**/*.ts'], { cwd: projectFile() })
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !HOSTS.test(file) && !FOR_TESTS.test(file))
}

function asksTheMachine(file: string): boolean {
  const code = readFileSync(projectFile(file), 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
  return ASKS_THE_MACHINE.test(code)
}

test('the core asks nobody but its clock what time it is', () => {
  const files = coreFiles()
  expect(files.length).toBeGreaterThan(100)
  expect(files.filter(asksTheMachine)).toEqual([CLOCK])
})
