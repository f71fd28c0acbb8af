import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { must, run, start, until } from './run.mjs'

/**
 * A Docker engine of our own: Debian's dockerd with its data, socket and settings in `folder`. It touches nothing of the
 * machine's network but the bridges of the networks that are made with it: no packet filter, no forwarding. Its
 * containers reach each other and are reached by published ports; they do not reach the internet.
 * Throws an Error with its own words where it does not come up.
 */
export async function startEngine(folder) {
  mkdirSync(folder, { recursive: true })
  const settings = path.join(folder, 'daemon.json')
  writeFileSync(settings, '{}')
  const host = `unix://${path.join(folder, 'docker.sock')}`
  const flags = ['--config-file', settings, '--host', host, '--pidfile', path.join(folder, 'pid')]
  const places = ['--data-root', path.join(folder, 'data'), '--exec-root', path.join(folder, 'exec')]
  const alone = [
    '--bridge=none',
    '--iptables=false',
    '--ip6tables=false',
    '--ip-forward=false',
    '--ip-masq=false',
  ]
  const daemon = start('dockerd', [...flags, ...places, ...alone])
  const env = { DOCKER_HOST: host, DOCKER_CONFIG: path.join(folder, 'config') }
  await until('the Docker engine answers', 60_000, async () => {
    const { code, stdout } = await run('docker', ['version', '--format', '{{.Server.Version}}'], { env })
    if (code === 0) return stdout.trim()
    const ended = await Promise.race([daemon.ended, Promise.resolve(null)])
    if (ended !== null) throw new Error(`dockerd ended with ${ended}:\n${daemon.log().slice(-1_500)}`)
    return null
  })
  return {
    env,
    version: (await must('docker', ['version', '--format', '{{.Server.Version}}'], { env })).trim(),
    async stop() {
      await daemon.stop(30_000)
      // The name of the machine's own network, which dockerd leaves mounted.
      for (const place of mountedBelow(folder)) await must('umount', [place])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function mountedBelow(folder) {
  const places = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
  return places.filter((place) => place.startsWith(`${folder}/`)).toReversed()
}
