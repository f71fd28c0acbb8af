import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startRawServer } from '../../../test-support/jira/jira.ts'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let cli: CliFixture
beforeEach(() => {
  cli = createCliFixture()
  mkdirSync(cli.dataDir)
})
afterEach(() => cli.close())

/** The address of a Jira that has gone away. */
async function goneAway(): Promise<string> {
  const server = await startRawServer(() => {})
  await server.close()
  return server.url
}

function configFile(): string {
  return path.join(cli.dataDir, 'config.json')
}

test('goes back to the sandbox, also from a Jira that does not answer; other settings stay', async () => {
  const jira = await goneAway()
  writeFileSync(configFile(), JSON.stringify({ jira, user: 'ada@example.com', zone: 'Europe/Berlin' }))
  const { code, stdout } = await cli.run(['disconnect', '--json'])
  expect(JSON.parse(stdout)).toEqual({ disconnected: jira, tokenForgotten: false })
  expect(code).toBe(0)
  expect(JSON.parse(readFileSync(configFile(), 'utf8'))).toEqual({ zone: 'Europe/Berlin' })
})

test('where none was connected: it says so', async () => {
  const { code, stdout } = await cli.run(['disconnect', '--forget-token'])
  expect(stdout).toContain('No Jira was connected')
  expect(code).toBe(0)
})

test('a Jira that the environment names cannot be disconnected: exit 2', async () => {
  const env = { JIRA_URL: await goneAway(), JIRA_API_KEY: 'planted-token' }
  const { code, stdout, stderr } = await cli.run(['disconnect'], { env })
  expect(stderr).toContain('JIRA_URL')
  expect([code, stdout]).toEqual([2, ''])
})
