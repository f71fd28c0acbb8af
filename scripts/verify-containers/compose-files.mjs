import assert from 'node:assert/strict'
import path from 'node:path'
import { parse } from 'yaml'
import { root } from '../build-if-stale.mjs'
import { must, run } from './run.mjs'

const PRODUCTION = { JIRA_TPM_DOMAIN: 'tpm.example.com', JIRA_URL: 'https://jira.example.com' }

/** What each has; `password` makes one and ends. */
const SERVICES = {
  'compose.yaml': ['app', 'db', 'front', 'password'],
  'compose.production.yaml': ['app', 'db', 'edge-1', 'edge-2', 'front', 'standby'],
}

/** Docker Compose here: the plugin of the client, else the program by itself. */
export async function composeProgram(env) {
  const plugin = await run('docker', ['compose', 'version'], { env })
  if (plugin.code === 0) return ['docker', 'compose']
  await must('docker-compose', ['version'])
  return ['docker-compose']
}

/** What Docker Compose makes of the files, and the rules that each service keeps. */
export async function verifyComposeFiles(check) {
  const [program, ...words] = await composeProgram()
  const config = async (files, env) => {
    const flags = files.flatMap((file) => ['-f', file])
    return parse(await must(program, [...words, ...flags, 'config'], { cwd: root, env }))
  }
  for (const [file, names] of Object.entries(SERVICES)) {
    await check(`${file}: Compose takes it, and each service is confined`, async () => {
      const { services } = await config([file], PRODUCTION)
      assert.deepEqual(Object.keys(services).toSorted(), names)
      for (const [name, service] of Object.entries(services)) assertConfined(name, service)
    })
    await check(
      `${file}: the database is reached by the server alone, ${file === 'compose.yaml' ? 'the front end from this machine alone' : 'only the front end is published'}`,
      async () => {
        const { services, networks } = await config([file], PRODUCTION)
        assert.equal(networks.database.internal, true)
        assert.deepEqual(Object.keys(toNetworks(services.db)), ['database'])
        assert.deepEqual(Object.keys(toNetworks(services.front)), ['web'])
        for (const [name, { ports }] of Object.entries(services))
          assert.equal(ports !== undefined, name === 'front', name)
        if (file === 'compose.yaml')
          assert.match(portText(services.front.ports[0]), /^127\.0\.0\.1:8050:8080/)
      },
    )
    await check(
      `${file}: only its own database is spoken to without TLS unless PSQL_SSLMODE says so`,
      async () => {
        for (const set of [{}, { PSQL_HOST: 'db.example.com' }, { PSQL_SSLMODE: 'require' }]) {
          const { environment } = (await config([file], { ...PRODUCTION, ...set })).services.app
          const { PSQL_HOST, PSQL_SSLMODE, PSQL_PRIVATE_HOST } = environment
          const given = { PSQL_HOST, PSQL_SSLMODE, PSQL_PRIVATE_HOST }
          assert.deepEqual(given, { PSQL_HOST: 'db', PSQL_SSLMODE: '', PSQL_PRIVATE_HOST: 'db', ...set })
        }
      },
    )
  }
  await check(
    'compose.production.yaml: secrets are files, none has a default, none is in the environment',
    async () => {
      const { services, secrets } = await config(
        ['compose.production.yaml', 'deploy/compose.tls-files.yaml'],
        PRODUCTION,
      )
      assert.deepEqual(Object.keys(secrets).toSorted(), [
        'db_password',
        'jira_api_key',
        'tls_cert',
        'tls_key',
      ])
      for (const { file } of Object.values(secrets))
        assert.equal(path.dirname(file), path.join(root, 'deploy/secrets'))
      for (const { environment } of Object.values(services)) {
        const named = Object.keys(environment).filter((name) => /KEY|PASSWORD|_PW|TOKEN/.test(name))
        assert.deepEqual(
          named.filter((name) => !name.endsWith('_FILE')),
          [],
        )
      }
    },
  )
  await check(
    'compose.production.yaml: two edges without a token of Jira, one that fetches, a stand-by',
    async () => {
      const { services } = await config(['compose.production.yaml'], PRODUCTION)
      const folders = ['app', 'standby', 'edge-1', 'edge-2'].map(
        (name) => services[name].volumes[0].source ?? services[name].volumes[0],
      )
      assert.equal(new Set(folders).size, 4, 'each has a data folder of its own')
      for (const name of ['edge-1', 'edge-2']) {
        const { command, environment, secrets } = services[name]
        assert.deepEqual([command, environment.JIRA_API_KEY_FILE], [['serve', '--edge'], ''])
        assert.deepEqual(
          secrets.map((secret) => secret.source ?? secret),
          ['db_password'],
        )
      }
      for (const name of ['app', 'standby']) assert.equal(services[name].command ?? null, null)
      const { JIRA_TPM_UPSTREAM: edges, JIRA_TPM_FETCHERS: fetchers } = services.front.environment
      assert.deepEqual([edges, fetchers], ['edge-1:8050 edge-2:8050', 'app:8050 standby:8050'])
    },
  )
  for (const missing of Object.keys(PRODUCTION)) {
    await check(`compose.production.yaml: without ${missing} it says so and starts nothing`, async () => {
      const env = { ...PRODUCTION, [missing]: '' }
      const { code, stderr } = await run(program, [...words, '-f', 'compose.production.yaml', 'config'], {
        cwd: root,
        env,
      })
      assert.notEqual(code, 0)
      assert.match(stderr, new RegExp(`set ${missing} to`))
    })
  }
}

function assertConfined(name, service) {
  const {
    read_only: readOnly,
    cap_drop: dropped,
    security_opt: options,
    mem_limit: memory,
    pids_limit: processes,
    user,
    healthcheck,
    restart,
  } = service
  assert.equal(readOnly, true, name)
  assert.deepEqual(dropped, ['ALL'], name)
  assert.deepEqual(options, ['no-new-privileges:true'], name)
  assert.ok(memory, `${name} has no memory limit`)
  assert.equal(processes, 256, `${name}: pids_limit`)
  assert.equal(service.privileged, undefined, name)
  assert.equal(restart, name === 'password' ? 'no' : 'unless-stopped', name)
  if (name === 'password') assert.equal(service.network_mode, 'none')
  if (name === 'db') assert.equal(user, '999:999')
  if (name === 'db') assert.ok(healthcheck)
}

/** A list of names in one version of Compose, an object in the other. */
function toNetworks({ networks }) {
  return Array.isArray(networks) ? Object.fromEntries(networks.map((name) => [name, null])) : networks
}

function portText(port) {
  return typeof port === 'string' ? port : `${port.host_ip}:${port.published}:${port.target}`
}
