import assert from 'node:assert/strict'
import { Agent, request } from 'node:https'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { generate } from 'selfsigned'
import { root } from '../build-if-stale.mjs'
import { composeProgram } from './compose-files.mjs'
import { must, run, until } from './run.mjs'
import { freePort } from '../../test-support/free-port.ts'
import { verifyThroughFront } from './through-front.mjs'

const PROJECT = 'jira-tpm-verify'

/** Who each container runs as. */
const USERS = { app: '10001', db: '999', front: '10002' }
const TEAM_USERS = { ...USERS, standby: '10001', 'edge-1': '10001', 'edge-2': '10001' }

/** Builds both images by the Dockerfile as it is. */
export async function buildImages(env, tag) {
  for (const target of ['server', 'front']) {
    const image = ['--target', target, '--tag', `jira-tpm-${target}:${tag}`, '--build-arg', 'VERSION=verify']
    await must('docker', ['build', '--network=host', ...image, '.'], { cwd: root, env, timeoutMs: 1_800_000 })
  }
}

/** compose.yaml, started with nothing prepared, looked at from within and without, stopped and started again. */
export async function verifyStack({ env, tag }, check) {
  const port = await freePort()
  const stack = await makeStack(env, ['compose.yaml'], {
    JIRA_TPM_TAG: tag,
    JIRA_TPM_FRONT_PORT: String(port),
  })
  try {
    await check('compose.yaml: up with nothing prepared: every container becomes healthy', () => stack.up())
    await verifyConfined(stack, check)
    await verifyNetworks(stack, check)
    const url = `http://localhost:${port}`
    const link = (await stack.exec('app', 'jira-tpm', 'token', 'link')).stdout
    await check('app: `jira-tpm token link` in the container gives a link of the public address', () => {
      assert.match(link, new RegExp(`${url}/#code=`))
    })
    const [whole] = new RegExp(`${url}/#code=\\S+`).exec(link) ?? ['']
    await verifyThroughFront({ url, direct: null, link: whole }, check)
    await verifySecrets(stack, check)
    await verifyEnds(stack, check)
  } finally {
    await stack.down()
  }
}

/** compose.production.yaml with a certificate of its own. No real Jira can be reached here: the sandbox is in its place. */
export async function verifyProduction({ env, tag, folder }, check) {
  const secrets = path.join(folder, 'secrets')
  mkdirSync(secrets)
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  const contents = { db_password: 'p-w of the db', jira_api_key: 'k-e-y', tls_cert: cert, tls_key: key }
  for (const [name, content] of Object.entries(contents))
    writeFileSync(path.join(secrets, name), `${content}\n`)
  const [http, https] = [await freePort(), await freePort()]
  const stack = await makeStack(
    env,
    ['compose.production.yaml', 'deploy/compose.tls-files.yaml'],
    {
      JIRA_TPM_TAG: tag,
      JIRA_TPM_SECRETS: secrets,
      JIRA_TPM_DOMAIN: 'localhost',
      JIRA_TPM_HTTP_BIND: `127.0.0.1:${http}`,
      JIRA_TPM_HTTPS_BIND: `127.0.0.1:${https}`,
      JIRA_URL: 'sandbox',
      JIRA_USER: 'me@example.com',
    },
    TEAM_USERS,
  )
  try {
    await check('compose.production.yaml: up with secret files: every container becomes healthy', () =>
      stack.up(),
    )
    await check(
      'production: by https with the certificate of the files, HSTS, the server behind',
      async () => {
        const answer = await getByTls(https, '/health', cert)
        assert.deepEqual(
          [answer.status, answer.headers['strict-transport-security']],
          [200, 'max-age=31536000'],
        )
        assert.equal(JSON.parse(answer.body).ok, true)
      },
    )
    await check('production: plain http leads to https', async () => {
      const answer = await fetch(`http://localhost:${http}/`, { redirect: 'manual' })
      assert.deepEqual([answer.status, answer.headers.get('location')], [308, 'https://localhost/'])
    })
    await verifyConfined(stack, check)
  } finally {
    await stack.down()
  }
}

async function makeStack(engine, files, variables, users = USERS) {
  const [program, ...words] = await composeProgram(engine)
  const env = { ...engine, ...variables, COMPOSE_PROJECT_NAME: PROJECT }
  const flags = files.flatMap((file) => ['-f', file])
  const compose = (...args) => must(program, [...words, ...flags, ...args], { cwd: root, env })
  // By docker itself, which is ten times as fast as Compose.
  const labels = ['--filter', `label=com.docker.compose.project=${PROJECT}`, '--filter']
  const id = async (service) => {
    const named = [...labels, `label=com.docker.compose.service=${service}`]
    return (await must('docker', ['ps', '--all', '--quiet', ...named], { env })).trim()
  }
  return {
    env,
    files,
    users,
    compose,
    id,
    inspect: async (service) => JSON.parse(await must('docker', ['inspect', await id(service)], { env }))[0],
    exec: async (service, ...command) => run('docker', ['exec', await id(service), ...command], { env }),
    async up() {
      await compose('up', '-d', '--no-build')
      await until('all are healthy', 120_000, async () => {
        const states = await Promise.all(
          Object.keys(users).map(async (service) => {
            const { State: state } = JSON.parse(
              await must('docker', ['inspect', await id(service)], { env }),
            )[0]
            return state.Health?.Status
          }),
        )
        return states.every((state) => state === 'healthy') ? true : null
      })
    },
    down: () =>
      run(program, [...words, ...flags, 'down', '--volumes', '--timeout', '10'], { cwd: root, env }),
  }
}

async function verifyConfined(stack, check) {
  for (const [service, user] of Object.entries(stack.users)) {
    await check(
      `${path.basename(stack.files[0])}, ${service}: not root, no capability, no new privileges, limits of memory and processes, root file system that cannot be written`,
      async () => {
        const status = await stack.exec(service, 'cat', '/proc/1/status')
        const line = (name) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status.stdout)?.[1]
        assert.deepEqual(
          [line('Uid'), line('CapEff'), line('CapBnd'), line('NoNewPrivs')],
          [user, '0'.repeat(16), '0'.repeat(16), '1'],
        )
        const { HostConfig: host } = await stack.inspect(service)
        assert.ok(host.ReadonlyRootfs && host.Memory > 0)
        assert.equal(host.PidsLimit, 256)
        for (const place of ['/x', '/usr/x', '/etc/x', '/opt/x']) {
          const { code, stderr } = await stack.exec(service, 'sh', '-c', `echo x > ${place}`)
          assert.notEqual(code, 0, place)
          assert.match(stderr, /Read-only|Permission denied|nonexistent/i)
        }
        // As root too: it is the file system that refuses, not the rights.
        const asRoot = await run(
          'docker',
          ['exec', '-u', '0', await stack.id(service), 'sh', '-c', 'echo x > /x'],
          { env: stack.env },
        )
        assert.match(asRoot.stderr, /Read-only file system/)
        assert.equal((await stack.exec(service, 'sh', '-c', 'echo x > /tmp/x')).code, 0)
      },
    )
  }
}

async function verifyNetworks(stack, check) {
  await check('front: does not reach the database, and the server does', async () => {
    const reach =
      'require("net").connect(5432, "db").once("connect", () => process.exit(0)).once("error", () => process.exit(3))'
    assert.equal((await stack.exec('app', 'node', '-e', reach)).code, 0)
    const { code } = await stack.exec('front', 'wget', '-q', '-T', '3', '-O', '/dev/null', 'http://db:5432/')
    assert.notEqual(code, 0)
    const { NetworkSettings: settings } = await stack.inspect('db')
    assert.deepEqual(Object.keys(settings.Networks), [`${PROJECT}_database`])
    assert.ok(Object.values(settings.Ports).every((published) => published === null))
  })
  await check('app: the image holds what a user installs, and nothing that it took to make it', async () => {
    const { stdout } = await stack.exec(
      'app',
      'find',
      '/opt/jira-tpm',
      '/data',
      '-maxdepth',
      '5',
      '-name',
      '*',
      '-not',
      '-path',
      '*/jira-tpm/node_modules/*/*',
    )
    assert.match(stdout, /\/opt\/jira-tpm\/bin\/jira-tpm/)
    assert.doesNotMatch(
      stdout,
      /electron-builder|vitest|playwright|\.test\.|\/src-main|\/e2e|\.git$|tsconfig/,
    )
    assert.equal(
      (await stack.exec('app', 'sh', '-c', 'ls /src /root/.npm /tmp/*.tgz 2>/dev/null')).stdout,
      '',
    )
  })
}

async function verifySecrets(stack, check) {
  await check(
    'the password that was made is in a file alone: in no environment, argument, image or log',
    async () => {
      const { stdout: password } = await stack.exec('db', 'cat', '/run/password/db_password')
      assert.ok(password.trim().length >= 32)
      const inspected = await Promise.all(
        Object.keys(USERS).map(async (service) => JSON.stringify(await stack.inspect(service))),
      )
      const said = [
        ...inspected,
        await stack.compose('logs', '--no-color'),
        (await stack.exec('app', 'sh', '-c', 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null'))
          .stdout,
      ].join('\n')
      assert.ok(!said.includes(password.trim()))
      assert.notEqual((await stack.exec('front', 'cat', '/run/password/db_password')).code, 0)
    },
  )
  await check('app: its log has no link, and says how to make one', async () => {
    const log = await stack.compose('logs', '--no-color', 'app')
    assert.match(log, /jira-tpm token link/)
    assert.doesNotMatch(log, /#code=/)
  })
}

async function verifyEnds(stack, check) {
  const password = (await stack.exec('db', 'cat', '/run/password/db_password')).stdout
  await check('SIGTERM ends each in order, within its time', async () => {
    await stack.compose('stop')
    for (const service of Object.keys(USERS)) {
      const { State: state } = await stack.inspect(service)
      assert.ok([0, 143].includes(state.ExitCode), `${service} ended with ${state.ExitCode}`) // 137: it was killed
    }
  })
  await check('down and up again: the data and the password are the former ones', async () => {
    await stack.compose('down', '--timeout', '10')
    await stack.up()
    assert.equal((await stack.exec('db', 'cat', '/run/password/db_password')).stdout, password)
    const { stdout } = await stack.exec('app', 'jira-tpm', 'doctor', '--json')
    assert.match(stdout, /postgres/i)
  })
  await check('a database that is gone makes the server not ready, and back it is ready again', async () => {
    const ready = async () =>
      (
        await stack.exec(
          'app',
          'node',
          '-e',
          'fetch("http://127.0.0.1:8050/ready").then((r) => console.log(r.status))',
        )
      ).stdout.trim()
    await until('it is ready', 60_000, async () => ((await ready()) === '200' ? true : null))
    await stack.compose('stop', 'db')
    await until('it is not ready', 60_000, async () => ((await ready()) === '503' ? true : null))
    await stack.compose('start', 'db')
    await until('it is ready again', 60_000, async () => ((await ready()) === '200' ? true : null))
  })
}

function getByTls(port, place, ca) {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: place,
      headers: { host: 'localhost' },
      servername: 'localhost',
      agent: new Agent({ ca }),
    }
    const asked = request(options, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text) => (body += text))
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }))
    })
    asked.once('error', reject)
    asked.end()
  })
}

/** How large the images are, as docker counts them. */
export async function imageSizes(env, tag) {
  const text = await must('docker', ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}} {{.Size}}'], {
    env,
  })
  return text.split('\n').filter((line) => line.includes(`:${tag} `))
}
