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
  expect(await cli.run(['alerts', 'outputs', 'remove', 'On call'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('stays in the environment of this program'),
  })
})

test('name and address of an output are changed, its secret is asked for, and nothing said is refused', async () => {
  const receiver = await startReceiver()
  const add = ['alerts', 'outputs', 'add', '--name', 'Day', '--url', 'https://alerts.example.com']
  expect((await cli.run([...add, '--needs-secret'])).code).toBe(0)
  const change = ['alerts', 'outputs', 'change', 'Day']
  expect(await cli.run(change)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/not said what is to be changed.*--name, --url, --secret/s),
  })
  const nowhere = await cli.run([...change, '--secret'])
  expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('--secret-stdin') })
  const changed = await cli.run([
    ...change,
    '--name',
    'On call',
    '--url',
    receiver.url,
    '--allow-private',
    '--json',
  ])
  expect(JSON.parse(changed.stdout)).toMatchObject({
    name: 'On call',
    url: receiver.url,
    secretIn: 'environment',
  })
  expect((await cli.run(['alerts', 'outputs', 'test', 'On call'])).code).toBe(0)
  expect(receiver.received[0]?.headers['x-hub-signature-256']).toMatch(/^sha256=/)
  const secret = await cli.run(['alerts', 'outputs', 'change', 'On call', '--secret-stdin'], {
    typed: 'planted-secret-of-stdin\n',
    endsStdin: true,
  })
  // Where the machine that tests has no keychain, that is what it says.
  expect(`${secret.stdout}${secret.stderr}`).toMatch(/Alerts are sent to “On call”|JIRA_TPM_OUTPUT_ON_CALL/)
  expect(`${secret.stdout}${secret.stderr}`).not.toContain('planted-secret')
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
