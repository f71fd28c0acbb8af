import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { freePort } from '../../test-support/free-port.ts'
import { must, run, start, until } from './run.mjs'

/**
 * A real sshd on loopback with keys of its own in `folder`, for this user. `env` is what its sessions have. Its PATH must
 * lead to the docker that is meant.
 */
export async function startSshServer(folder, env) {
  const place = (name) => path.join(folder, name)
  for (const key of ['host', 'user', 'stranger']) {
    await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', key, '-f', place(key)])
  }
  const publicKey = (name) => must('ssh-keygen', ['-y', '-f', place(name)])
  writeFileSync(place('authorized_keys'), await publicKey('user'))
  const port = await freePort()
  const hostKey = (await publicKey('host')).trim()
  writeFileSync(place('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`)
  writeFileSync(place('no_known_hosts'), '')
  writeFileSync(place('sshd_config'), settings(place, port, env))
  mkdirSync('/run/sshd', { recursive: true })
  chmodSync(folder, 0o755)
  const server = start('/usr/sbin/sshd', ['-D', '-e', '-f', place('sshd_config')])
  await server.line(/Server listening/)
  const flags = ['--key', place('user'), '--ssh-port', String(port)]
  await until('sshd lets us in', 20_000, async () => {
    const known = [
      '-o',
      `UserKnownHostsFile=${place('known_hosts')}`,
      '-o',
      'BatchMode=yes',
      '-i',
      place('user'),
    ]
    const { code } = await run('ssh', [...known, '-p', String(port), '127.0.0.1', 'true'])
    return code === 0 ? true : null
  })
  return {
    target: `${userInfo().username}@127.0.0.1`,
    flags,
    known: ['--known-hosts', place('known_hosts')],
    unknown: ['--known-hosts', place('no_known_hosts')],
    hostKey,
    otherKey: (await publicKey('stranger')).trim(),
    strangersKey: place('stranger'),
    closedPort: () => freePort(),
    stop: () => server.stop(),
  }
}

function settings(place, port, env) {
  const variables = Object.entries(env).map(([name, value]) => `"${name}=${value}"`)
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${place('host')}
AuthorizedKeysFile ${place('authorized_keys')}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
SetEnv ${variables.join(' ')}
`
}
