import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { root } from '../build-if-stale.mjs'
import { run } from './run.mjs'
import { startSshServer } from './ssh-server.mjs'

const KEY = 'a-secret-api-key'

/**
 * `npm run deploy` against a real sshd on loopback, with a recording docker at both ends. `check` runs each case by name.
 */
export async function verifyDeployments(folder, check) {
  mkdirSync(folder)
  const ends = await makeEnds(folder)
  const ssh = await startSshServer(makeFolder(folder, 'ssh'), {
    PATH: `${ends.bin}:/usr/bin:/bin`,
    TPM_RECORDING: ends.server,
  })
  const world = { ...ends, ssh, deploy: (args, env) => runDeploy(ends, ssh, args, env) }
  try {
    await successes(world, check)
    await failures(world, check)
    await refusals(world, check)
  } finally {
    await ssh.stop()
  }
}

async function successes({ deploy, server, remote, here, ssh }, check) {
  await check('deploy: --dry-run says each step and does none', async () => {
    const { code, stdout } = await deploy(['--dry-run', ssh.target, ...ssh.known])
    assert.equal(code, 0)
    assert.match(stdout, /docker save jira-tpm-server:\S+ jira-tpm-front:\S+ \| gzip \| ssh/)
    assert.deepEqual([calls(here), calls(server), existsSync(remote)], [[], [], false])
  })
  await check('deploy: the first version is built, sent, started, waited for, noted', async () => {
    const { code, stderr } = await deploy([ssh.target, ...ssh.known])
    assert.equal(code, 0, stderr)
    assert.equal(running(server), current(remote))
    assert.match(stderr, /password for the database was made on the server/)
    assert.deepEqual(readdirSync(path.join(server, 'images')).length, 2)
    assert.ok(calls(server).filter(([command]) => command === 'inspect').length > 1, 'it waits for healthy')
  })
  await check('deploy: secrets are files that others do not reach, and in no argument', () => {
    const mode = (name) => (statSync(path.join(remote, name)).mode & 0o777).toString(8)
    assert.deepEqual(
      [mode('secrets'), mode('secrets/jira_api_key'), mode('secrets/db_password'), mode('current/.env')],
      ['700', '444', '444', '600'],
    )
    const password = readFileSync(path.join(remote, 'secrets/db_password'), 'utf8').trim()
    const said =
      JSON.stringify([calls(here), calls(server)]) + readFileSync(path.join(remote, 'current/.env'), 'utf8')
    assert.equal(readFileSync(path.join(remote, 'secrets/jira_api_key'), 'utf8'), KEY)
    assert.ok(password.length >= 32 && !said.includes(password) && !said.includes(KEY))
  })
  await check('deploy: by --host-key alone, over the former version, whose password stays', async () => {
    const before = [readFileSync(path.join(remote, 'secrets/db_password'), 'utf8'), current(remote)]
    const { code, stderr } = await deploy([ssh.target, '--host-key', ssh.hostKey])
    assert.equal(code, 0, stderr)
    assert.equal(readFileSync(path.join(remote, 'secrets/db_password'), 'utf8'), before[0])
    assert.notEqual(current(remote), before[1])
  })
}

async function failures({ deploy, server, remote, ssh }, check) {
  await check('deploy: an unhealthy version is replaced by the former one: exit 3', async () => {
    const former = current(remote)
    const { code, stderr } = await deploy([ssh.target, ...ssh.known], { TPM_RECORDING_HEALTH: 'unhealthy' })
    assert.equal(code, 3, stderr)
    assert.match(stderr, /is unhealthy[^]*the log of[^]*runs again, and is healthy/)
    assert.deepEqual([running(server), current(remote)], [former, former])
  })
  await check('deploy: so is one that is never ready within the time', async () => {
    const former = current(remote)
    const { code, stderr } = await deploy([ssh.target, ...ssh.known, '--timeout', '2'], {
      TPM_RECORDING_HEALTH: 'starting',
    })
    assert.equal(code, 3, stderr)
    assert.match(stderr, /after 2 s jira-tpm-app-1 is running, health starting/)
    assert.deepEqual([running(server), current(remote)], [former, former])
  })
  await check(
    'deploy: where the former one is ill as well it says that nothing can be relied on: exit 4',
    async () => {
      writeFileSync(path.join(server, 'images', `jira-tpm-server:${current(remote)}`), 'unhealthy')
      const { code, stderr } = await deploy([ssh.target, ...ssh.known], { TPM_RECORDING_HEALTH: 'unhealthy' })
      assert.equal(code, 4, stderr)
      assert.match(stderr, /Nothing can be relied on there now/)
    },
  )
  await check('deploy: images that do not arrive change nothing: exit 1', async () => {
    const before = running(server)
    writeFileSync(path.join(server, 'full'), '')
    const { code, stderr } = await deploy([ssh.target, ...ssh.known])
    rmSync(path.join(server, 'full'))
    assert.equal(code, 1, stderr)
    assert.match(stderr, /The images did not arrive: no space left on device/)
    assert.equal(running(server), before)
  })
  await check('deploy: a first version that is ill is stopped again: exit 3', async () => {
    const otherFolder = `${remote}-other`
    const flags = [ssh.target, ...ssh.known, '--folder', otherFolder]
    const { code, stderr } = await deploy(flags, { TPM_RECORDING_HEALTH: 'unhealthy' })
    assert.equal(code, 3, stderr)
    assert.deepEqual([running(server), existsSync(path.join(otherFolder, 'current'))], [null, false])
  })
  await check('deploy: a secret that is missing is named before anything starts', async () => {
    const flags = [ssh.target, ...ssh.known, '--folder', `${remote}-third`, '--secrets', 'no-such-folder']
    const { code, stderr } = await deploy(flags)
    assert.equal(code, 1, stderr)
    assert.match(stderr, /The server has no secret jira_api_key\. Nothing was started/)
    assert.equal(running(server), null)
  })
}

async function refusals({ deploy, server, here, folder, ssh }, check) {
  const refused = async (args, words, code = 1) => {
    for (const end of [server, here]) rmSync(path.join(end, 'calls'), { force: true })
    const result = await deploy(args)
    assert.equal(result.code, code, result.stderr)
    assert.match(result.stderr, words)
    assert.deepEqual([calls(server), calls(here)], [[], []], 'docker was called')
  }
  await check('deploy: nobody listens', async () =>
    refused(
      [ssh.target, ...ssh.known, '--ssh-port', String(await ssh.closedPort())],
      /was not reached by ssh[^]*does sshd listen/,
    ),
  )
  await check('deploy: another host key than the known one', () =>
    refused([ssh.target, '--host-key', ssh.otherKey], /HAS CHANGED[^]*somebody stands between/),
  )
  await check('deploy: a host that is not known', () =>
    refused([ssh.target, ...ssh.unknown], /Host key verification failed[^]*Find out which/),
  )
  await check('deploy: a key that the server does not take', () =>
    refused(
      [ssh.target, ...ssh.known, '--key', ssh.strangersKey],
      /Permission denied[^]*does not take this key/,
    ),
  )
  await check('deploy: a secret in the .env', () => {
    writeFileSync(path.join(folder, 'bad.env'), `PSQL_PW=${KEY}\n`)
    return refused(
      [ssh.target, ...ssh.known, '--env-file', path.join(folder, 'bad.env')],
      /holds PSQL_PW\. Nothing was sent/,
      2,
    )
  })
  await check(
    'deploy: no name of a host, folder, key or port gets to a shell or to ssh as an option',
    async () => {
      const trap = path.join(folder, 'sprung')
      for (const target of [
        `-oProxyCommand=touch ${trap}`,
        `a;touch ${trap}`,
        `$(touch ${trap})`,
        `x@\`touch ${trap}\``,
        'a b',
        `a@-oProxyCommand=x`,
        'a\nb',
        '',
      ]) {
        await refused(['--', target], /no server's name|No server was named/, 2)
      }
      const odd = [
        ['--folder', `x; touch ${trap}`],
        ['--folder', '../x'],
        ['--folder', '-rf'],
        ['--host-key', `ssh-ed25519 AA\n* ${trap}`],
        ['--ssh-port', `22 -o ProxyCommand=touch`],
        ['--timeout', '1e9'],
      ]
      for (const flags of odd) await refused([ssh.target, ...flags], /takes|is not of the form/, 2)
      assert.equal(existsSync(trap), false)
    },
  )
}

async function makeEnds(folder) {
  const bin = makeFolder(folder, 'bin')
  const docker = path.join(bin, 'docker')
  const recording = path.join(root, 'scripts/verify-containers/recording-docker.mjs')
  writeFileSync(docker, `#!/bin/sh\nexec '${process.execPath}' '${recording}' "$@"\n`)
  chmodSync(docker, 0o755)
  writeFileSync(path.join(makeFolder(folder, 'secrets'), 'jira_api_key'), KEY)
  const trap = "JIRA_TPM_DOMAIN=tpm.example.com\nJIRA_PROJECT='$(touch sprung)'\n"
  writeFileSync(path.join(folder, 'team.env'), trap)
  return {
    folder,
    bin,
    here: makeFolder(folder, 'here'),
    server: makeFolder(folder, 'server'),
    remote: path.join(folder, 'remote'),
  }
}

/** `npm run deploy` with what all cases have, and what the case has of its own. */
function runDeploy({ folder, bin, here, remote }, ssh, args, env = {}) {
  const flags = [
    '--folder',
    remote,
    '--secrets',
    path.join(folder, 'secrets'),
    '--env-file',
    path.join(folder, 'team.env'),
  ]
  return run(process.execPath, [path.join(root, 'scripts/deploy.mjs'), ...ssh.flags, ...flags, ...args], {
    env: { PATH: `${bin}:/usr/bin:/bin`, TPM_RECORDING: here, ...env },
    timeoutMs: 60_000,
  })
}

function makeFolder(folder, name) {
  const made = path.join(folder, name)
  mkdirSync(made, { recursive: true })
  return made
}

function calls(end) {
  const file = path.join(end, 'calls')
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : []
}

function running(server) {
  const file = path.join(server, 'running')
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

function current(remote) {
  return path.basename(readlinkSync(path.join(remote, 'current')))
}
