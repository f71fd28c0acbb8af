import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'
import { startReceiver } from '../../../test-support/outputs/receiver.ts'

let cli: CliFixture
beforeEach(
  () => void (cli = createCliFixture({ TZ: 'UTC', JIRA_TPM_OUTPUT_ON_CALL: 'planted-secret-0123456789' })),
)
afterEach(() => cli.close())

test('an output is added, listed, tested and removed', async () => {
  expect((await cli.run(['alerts', 'outputs'])).stdout).toContain('Alerts are sent nowhere yet.')
  const receiver = await startReceiver()
  const add = ['alerts', 'outputs', 'add', '--name', 'On call', '--url', receiver.url]
  expect(await cli.run(add)).toMatchObject({ code: 2, stderr: expect.stringContaining('--allow-private') })
  const added = await cli.run([...add, '--allow-private', '--needs-secret'])
  expect(added.stdout).toContain('Alerts are sent to “On call”')
  const tested = await cli.run(['alerts', 'outputs', 'test', 'On call'])
  expect(tested).toMatchObject({ code: 0, stdout: '“On call” took the test: HTTP 200\n' })
  expect(receiver.received[0]?.headers['x-hub-signature-256']).toMatch(/^sha256=/)
  receiver.answer = 500
  expect((await cli.run(['alerts', 'outputs', 'test', 'On call'])).code).toBe(1)
  const listed = await cli.run(['alerts', 'outputs', '--json'])
  expect(JSON.parse(listed.stdout)).toMatchObject({
    outputs: [
      { name: 'On call', secretIn: 'environment', delivery: { last: { taken: false, answer: 'HTTP 500' } } },
    ],
  })
  expect((await cli.run(['alerts', 'outputs', 'remove', 'Other'])).stderr).toContain('There are “On call”.')
  expect((await cli.run(['alerts', 'outputs', 'remove', 'On call'])).code).toBe(0)
})

test('a secret comes from stdin, and is in no file, list or line', async () => {
  const secret = 'https://hooks.slack.com/services/T0/B0/planted-secret-0123456789'
  const io = { typed: `${secret}\n`, endsStdin: true }
  const added = await cli.run(['alerts', 'outputs', 'add', '--kind', 'slack', '--secret-stdin'], io)
  // Where the machine that tests has no keychain, that is what it says.
  const said = `${added.stdout}${added.stderr}${(await cli.run(['alerts', 'outputs', '--json'])).stdout}`
  expect(said).toMatch(/hooks\.slack\.com|JIRA_TPM_OUTPUT_SLACK/)
  expect(said).not.toContain('planted-secret')
  const files = readdirSync(cli.dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  expect(files.length).toBeGreaterThan(1)
  for (const file of files) {
    expect(readFileSync(path.join(file.parentPath, file.name)).includes('planted-secret')).toBe(false)
  }
})
