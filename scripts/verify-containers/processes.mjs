import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { findPostgres } from '../../test-support/store/postgres-bin.ts'
import { buildIfStale, root } from '../build-if-stale.mjs'
import { must, start } from './run.mjs'
import { freePort } from '../../test-support/free-port.ts'
import { verifyThroughFront } from './through-front.mjs'

const USER = 'jira_tpm'
export const CLI = path.join(root, 'out/main/cli.js')

/**
 * The three services as processes of this machine: PostgreSQL 18 from npm, the server by the image's command and
 * environment, Caddy with the very configuration file of compose.yaml.
 */
export async function verifyProcesses(folder, check) {
  buildIfStale()
  const running = []
  try {
    const database = await startDatabase(folder)
    running.push(database.server)
    const [port, frontPort, alivePort] = [await freePort(), await freePort(), await freePort()]
    const url = `http://localhost:${frontPort}`
    const env = serverEnvironment(folder, { port, url, database })
    const server = start(process.execPath, [CLI, 'serve', '--json'], { cwd: folder, env })
    running.push(server)
    await server.line(/\{"url".*\}/)
    running.push(await startFront({ upstream: `127.0.0.1:${port}`, frontPort, alivePort, url }))
    // As `docker compose exec` runs it: with what the server was told.
    const command = [CLI, 'token', 'link', '--scope', 'admin']
    const link = (await must(process.execPath, command, { cwd: folder, env })).trim()
    await verifyThroughFront({ url, direct: `http://127.0.0.1:${port}`, link }, check)
    await check('processes: the server writes nothing of its secrets, and ends by SIGTERM', async () => {
      const code = await server.stop(5_000)
      assert.ok(!server.log().includes(database.password))
      assert.doesNotMatch(server.log(), /code=/)
      assert.ok([0, 143].includes(code), `it ended with ${code}`)
    })
    await check('front: where the server is gone, calls fail with a sentence and the headers', async () => {
      const answer = await fetch(`${url}/api/session.get`, { method: 'POST' })
      const { ok, error } = await answer.json()
      assert.ok([502, 503].includes(answer.status), `it answered ${answer.status}`)
      assert.deepEqual([answer.headers.get('x-frame-options'), ok], ['DENY', false])
      assert.match(error.message, /does not answer\. What was stored before is safe/)
      assert.equal((await fetch(`${url}/`)).status, 200)
    })
  } finally {
    for (const program of running.toReversed()) await program.stop()
  }
}

/** PostgreSQL 18 in a folder, with a password of its own. */
export async function startDatabase(folder) {
  const postgres = findPostgres(18)
  if (postgres === null) throw new Error('There is no PostgreSQL 18 here: npm ci brings one.')
  const place = path.join(folder, 'database')
  mkdirSync(place, { mode: 0o700 })
  const password = randomBytes(18).toString('base64')
  const passwordFile = path.join(folder, 'db_password')
  writeFileSync(passwordFile, `${password}\n`)
  // It does not run as root.
  const account =
    process.getuid() === 0 ? ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'] : []
  if (account.length > 0) await must('chown', ['-R', 'nobody', place])
  const as = (program, ...args) => [...account, path.join(postgres.bin, program), ...args]
  const port = await freePort()
  const [initdb, ...words] = as(
    'initdb',
    '-D',
    path.join(place, 'data'),
    '-U',
    USER,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--no-sync',
    '--locale=C',
    '--encoding=UTF8',
  )
  await must(initdb, words, { cwd: '/' })
  const [program, ...args] = as(
    'postgres',
    '-D',
    path.join(place, 'data'),
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${place}`,
  )
  const server = start(program, args, { cwd: '/' })
  await server.line(/ready to accept connections/)
  return { server, port, password, passwordFile }
}

/** What the image and the compose files tell a server, with this machine's addresses. */
export function serverEnvironment(folder, { port, url, database }) {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    JIRA_TPM_DATA_DIR: path.join(folder, 'data'),
    JIRA_TPM_HOST: '0.0.0.0',
    JIRA_TPM_PORT: String(port),
    JIRA_TPM_BEHIND_PROXY: 'true',
    JIRA_TPM_PUBLIC_URL: url,
    PSQL_HOST: '127.0.0.1',
    PSQL_PORT: String(database.port),
    PSQL_DB: 'postgres',
    PSQL_USER: USER,
    PSQL_PW_FILE: database.passwordFile,
    PSQL_SSLMODE: 'disable',
  }
}

/** Caddy with the configuration of compose.yaml. `upstream`, `fetchers`: `host:port`, several with a space between. */
export async function startFront({ upstream, fetchers = upstream, frontPort, alivePort, url }) {
  const env = {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    JIRA_TPM_DASHBOARD: path.join(root, 'out/renderer'),
    JIRA_TPM_DOMAIN: new URL(url).host,
    JIRA_TPM_SOCKET_ORIGIN: url.replace(/^http/, 'ws'),
    JIRA_TPM_UPSTREAM: upstream,
    JIRA_TPM_FETCHERS: fetchers,
    JIRA_TPM_HTTP_PORT: String(frontPort),
    JIRA_TPM_ALIVE_PORT: String(alivePort),
  }
  const config = path.join(root, 'deploy/caddy/plain.Caddyfile')
  const front = start('caddy', ['run', '--adapter', 'caddyfile', '--config', config], { env })
  await front.line(/serving initial configuration/)
  return front
}
