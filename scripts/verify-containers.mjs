// npm run containers:verify: that the Dockerfile, the compose files, the front end's configuration and npm run deploy do
// what docs/containers.md says. --quick leaves out what takes minutes: building images and starting them.
import './require-node.mjs'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { makeBaseImages } from './verify-containers/base-images.mjs'
import { verifyComposeFiles } from './verify-containers/compose-files.mjs'
import { verifyDeployments } from './verify-containers/deployments.mjs'
import { startEngine } from './verify-containers/engine.mjs'
import { verifyFiles } from './verify-containers/lint.mjs'
import { verifyProcesses } from './verify-containers/processes.mjs'
import { createReport } from './verify-containers/report.mjs'
import { repeatsBodies, verifyTeam } from './verify-containers/team.mjs'
import { buildImages, imageSizes, verifyProduction, verifyStack } from './verify-containers/stack.mjs'

const QUICK_PROGRAMS = ['docker-compose', 'caddy', 'ssh', 'ssh-keygen']
const PROGRAMS = [...QUICK_PROGRAMS, 'docker', 'dockerd', 'debootstrap']
const BASES = {
  node: 'node:24.21.0-bookworm-slim',
  caddy: 'caddy:2.11.2-alpine',
  postgres: 'postgres:18.3-bookworm',
}
const TAG = 'verify'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    /** A tar of a Debian root with the packages of base-images.mjs, instead of making one. */
    root: { type: 'string' },
  },
})
refuseWithout(flags.quick ? QUICK_PROGRAMS : PROGRAMS)
const folder = mkdtempSync(path.join(tmpdir(), 'tpm-containers-'))
chmodSync(folder, 0o755) // PostgreSQL does not run as root, and looks into it
const report = createReport()
const check = (name, work) => report.check(name, work)
try {
  await report.part('The files', () => verifyFiles(check))
  await report.part('Docker Compose reads its files', () => verifyComposeFiles(check))
  await report.part('The three services as processes: PostgreSQL 18, the server, Caddy', () =>
    verifyProcesses(folder, check),
  )
  await report.part(
    'A team as processes: two edges, one that fetches, a stand-by, Caddy, PostgreSQL 18',
    () => verifyTeam(path.join(folder, 'team'), check),
  )
  await report.part('npm run deploy, against a real sshd with a recording docker', () =>
    verifyDeployments(path.join(folder, 'deploy'), check),
  )
  if (!(await repeatsBodies()))
    report.notRun(
      'a call with a body as the first that meets a dead edge: this Caddy is older than the image’s',
    )
  if (flags.quick) {
    report.notRun(
      'the images were not built, no container was started: npm run containers:verify, without --quick',
    )
  } else {
    await report.part('The images, built and started by a real Docker engine', withEngine)
    report.notRun(
      'the bases from a registry: Debian by debootstrap with Node and PostgreSQL from npm and Debian’s Caddy stood in',
    )
  }
  report.notRun(
    'a certificate from Let’s Encrypt: Caddy takes the configuration; certificates from files were used',
  )
  process.exitCode = report.end()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function withEngine() {
  const engine = await startEngine(path.join(folder, 'engine'))
  const { env } = engine
  try {
    console.log(`Docker engine ${engine.version}`)
    await check('the bases are made', () =>
      makeBaseImages({ env, folder, names: BASES, rootTar: flags.root }),
    )
    await check('the Dockerfile is built: both images', () => buildImages(env, TAG))
    console.log((await imageSizes(env, TAG)).join('\n'))
    await verifyStack({ env, tag: TAG }, check)
    await verifyProduction({ env, tag: TAG, folder }, check)
  } finally {
    await engine.stop()
  }
}

function refuseWithout(programs) {
  const missing = programs.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
  if (missing.length === 0 && process.platform === 'linux') return
  console.error(
    `containers:verify runs on Debian as root, and needs ${programs.join(', ')}; not here: ${missing.join(', ')}.\n` +
      'apt-get install --no-install-recommends docker-compose caddy openssh-server openssh-client docker.io debootstrap',
  )
  process.exit(1)
}
