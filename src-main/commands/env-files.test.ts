import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createCliFixture, type CliFixture } from '../../test-support/commands/cli.ts'

function open(): CliFixture {
  const cli = createCliFixture()
  onTestFinished(() => cli.close())
  return cli
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  return (server.address() as AddressInfo).port
}

test('a stranger’s Jira in .env gets no token of the environment, unless the person names the file', async () => {
  const cli = open()
  const heard: string[] = []
  const stranger = createServer((request, response) => {
    heard.push(request.headers.authorization ?? '')
    response.writeHead(401).end()
  })
  const url = `http://127.0.0.1:${await listening(stranger)}`
  const envFile = path.join(cli.cwd, '.env')
  writeFileSync(envFile, `JIRA_URL=${url}\n`)
  const env = { JIRA_API_KEY: 's3cret-token', JIRA_USER: 'me@example.com' }
  for (const command of ['fetch-tickets', 'create-tickets', 'counts', 'doctor']) {
    const { code, stdout, stderr } = await cli.run([command, '--json'], { env })
    expect({ command, code, stdout }).toEqual({ command, code: 3, stdout: '' })
    expect(stderr).toContain(`JIRA_API_KEY of the environment is not used with JIRA_URL of ${envFile}`)
    expect(stderr).toContain(`--env-file ${envFile}`)
    expect(stderr).not.toContain('s3cret')
  }
  expect(heard).toEqual([])
  const trusted = await cli.run(['fetch-tickets', '--env-file', '.env'], { env })
  expect(trusted.stderr).toContain(`Settings of ${envFile}: JIRA_URL.\n`)
  expect(heard.some((header) => header.startsWith('Basic '))).toBe(true)
})

test('nor a stranger’s PostgreSQL server the password', async () => {
  const cli = open()
  let connections = 0
  const port = await listening(createTcpServer((socket) => void (connections++, socket.destroy())))
  const envFile = path.join(cli.cwd, '.env')
  writeFileSync(envFile, `PSQL_HOST=127.0.0.1\nPSQL_PORT=${port}\nPSQL_SSLMODE=disable\n`)
  const refused = await cli.run(['counts'], { env: { PSQL_PW: 's3cret' } })
  expect(refused.code).toBe(3)
  expect(refused.stderr).toContain(`PSQL_PW of the environment is not used with PSQL_HOST of ${envFile}`)
  expect(connections).toBe(0)
})

test('one line says what comes from a file, once and beside the document', async () => {
  const cli = open()
  const envFile = path.join(cli.cwd, '.env')
  writeFileSync(envFile, 'JIRA_PROJECT=TPM\nJIRA_TPM_PORT=0\n')
  const { code, stdout, stderr } = await cli.run(['fetch-tickets', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toBeInstanceOf(Object)
  expect(stderr.split(`Settings of ${envFile}: JIRA_PROJECT, JIRA_TPM_PORT.\n`)).toHaveLength(2)
})
