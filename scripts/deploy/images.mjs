import { spawn } from 'node:child_process'
import { pipeline } from 'node:stream/promises'
import { Transform } from 'node:stream'
import { createGzip } from 'node:zlib'
import { DeployFailure, EXIT } from './failure.mjs'
import { finished } from './ssh.mjs'

/** The stages of the Dockerfile that become images, and the images' names. */
const TARGETS = { server: 'jira-tpm-server', front: 'jira-tpm-front' }

const PROGRESS_EVERY_MS = 5_000

/** Their names with that tag. */
export function imageNames(tag) {
  return Object.values(TARGETS).map((name) => `${name}:${tag}`)
}

/** The builds, as argument lists of `docker`. `platform`: null where the server's is this machine's. */
export function buildCommands(tag, version, platform) {
  const forServer = platform === null ? [] : ['--platform', platform]
  return Object.entries(TARGETS).map(([target, name]) => {
    const image = ['--target', target, '--tag', `${name}:${tag}`, '--build-arg', `VERSION=${version}`]
    return ['build', ...image, ...forServer, '.']
  })
}

/** Runs docker here, its words shown as they come. Throws a DeployFailure. */
export async function docker(args, root) {
  const child = spawn('docker', args, { cwd: root, stdio: ['ignore', 2, 2] })
  const { code } = await finished(child, { streams: [] })
  if (code !== 0) {
    throw new DeployFailure(EXIT.failed, `docker ${args[0]} ended with ${code}. The server was not touched.`)
  }
}

/** The architecture of docker's engine here, as `amd64`. Throws a DeployFailure where there is no engine. */
export async function ownArchitecture() {
  const child = spawn('docker', ['version', '--format', '{{.Server.Arch}}'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { code, stdout } = await finished(child)
  if (code === 0) return stdout.trim()
  throw new DeployFailure(
    EXIT.failed,
    'There is no Docker engine here to build with. Nothing was done.',
    'Start it, or set DOCKER_HOST to one that you may use.',
  )
}

/**
 * `docker save | gzip | ssh docker load`, as one stream: nothing is kept on a disk on the way. `report` gets how much was
 * sent. Throws a DeployFailure; the server then has at most images that nothing uses.
 */
export async function sendImages(ssh, names, report) {
  const save = spawn('docker', ['save', ...names], { stdio: ['ignore', 'pipe', 'pipe'] })
  const saved = finished(save, { streams: ['stderr'] })
  const load = ssh.spawnScript('gzip -d | docker load')
  const loaded = ssh.finished(load)
  const streamed = pipeline(save.stdout, createGzip({ level: 1 }), counting(report), load.stdin)
  const [savedAs, sent, loadedAs] = await Promise.allSettled([saved, streamed, loaded])
  if (loadedAs.status === 'rejected') throw loadedAs.reason
  if (savedAs.status === 'rejected') throw savedAs.reason
  const wrong = [savedAs.value, loadedAs.value].find(({ code }) => code !== 0)
  if (wrong !== undefined) {
    throw new DeployFailure(
      EXIT.failed,
      `The images did not arrive: ${wrong.stderr.trim() || `code ${wrong.code}`}`,
    )
  }
  if (sent.status === 'rejected')
    throw new DeployFailure(EXIT.failed, `The images did not arrive: ${sent.reason.message}`)
}

function counting(report) {
  let bytes = 0
  let toldMs = performance.now()
  return new Transform({
    transform(chunk, _encoding, done) {
      bytes += chunk.length
      if (performance.now() - toldMs > PROGRESS_EVERY_MS) {
        toldMs = performance.now()
        report(bytes)
      }
      done(null, chunk)
    },
    flush(done) {
      report(bytes)
      done()
    },
  })
}
