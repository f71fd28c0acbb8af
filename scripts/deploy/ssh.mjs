import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DeployFailure, EXIT } from './failure.mjs'
import { commandLine, quote } from './quote.mjs'

/** ssh's own exit code where the connection, not the command, failed. */
const NOT_CONNECTED = 255

/**
 * The system's ssh to one server. It asks nobody anything, and believes no host key that it was not given before. All goes
 * through one connection. `run` gives `{ code, stdout, stderr, isLate }` of a shell script there, and rejects with a
 * DeployFailure where the server is not reached; `spawnScript` is the same as a running process, `close` ends it all.
 */
export function createSsh(options) {
  const { target } = options
  const folder = mkdtempSync(path.join(tmpdir(), 'tpm-deploy-'))
  const args = [...connection(options, folder), '--', target.replace(/\[|\]/g, '')]

  /** Throws where it was ssh itself that failed. */
  const reached = (result) => {
    if (result.code === NOT_CONNECTED && !result.isLate) throw notConnected(target, result.stderr.trim())
    return result
  }
  const spawnScript = (script) => spawn('ssh', [...args, `sh -c ${quote(script)}`])
  return {
    shown: (script) => commandLine('ssh', ...args, `sh -c ${quote(script)}`),
    spawnScript,
    async run(script, { input = '', timeoutMs } = {}) {
      const child = spawnScript(script)
      child.stdin.on('error', () => {}) // it ended before it read all: its code says the rest
      child.stdin.end(input)
      return reached(await finished(child, { timeoutMs }))
    },
    /** `finished` of `spawnScript`'s process. */
    finished: async (child) => reached(await finished(child)),
    close() {
      if (SHARES) spawnSync('ssh', ['-O', 'exit', ...args], { stdio: 'ignore' })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Windows' ssh cannot share a connection: it makes one for each step. */
const SHARES = process.platform !== 'win32'

function connection({ target, sshPort, key, knownHosts, hostKey }, folder) {
  const options = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    ConnectTimeout: 15,
    ServerAliveInterval: 15,
    ServerAliveCountMax: 4,
    ...(SHARES
      ? { ControlMaster: 'auto', ControlPath: quoted(path.join(folder, 'c')), ControlPersist: 120 }
      : {}),
    ...(key === undefined ? {} : { IdentitiesOnly: 'yes' }),
    ...(knownHosts === undefined ? {} : { UserKnownHostsFile: quoted(knownHosts) }),
  }
  if (hostKey !== null) {
    const file = path.join(folder, 'known_hosts')
    writeFileSync(file, `${knownName(target, sshPort)} ${hostKey}\n`, { mode: 0o600 })
    Object.assign(options, { UserKnownHostsFile: quoted(file), GlobalKnownHostsFile: '/dev/null' })
  }
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return ['-T', '-p', String(sshPort), ...(key === undefined ? [] : ['-i', key]), ...words]
}

/**
 * `{ code, stdout, stderr, isLate }` of a process that was started, when it has ended. `streams`: which of them are read;
 * `isLate`: it was ended because `timeoutMs` were over.
 */
export async function finished(child, { streams = ['stdout', 'stderr'], timeoutMs } = {}) {
  const said = { stdout: '', stderr: '' }
  for (const name of streams) {
    child[name].setEncoding('utf8')
    child[name].on('data', (text) => (said[name] += text))
  }
  let isLate = false
  const end = () => {
    isLate = true
    child.kill()
  }
  const late = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs)
  const code = await new Promise((resolve, reject) => {
    child.once('close', (status, signal) => resolve(status ?? signal))
    child.once('error', (error) =>
      reject(new DeployFailure(EXIT.failed, `${child.spawnfile} could not be started: ${error.message}`)),
    )
  }).finally(() => clearTimeout(late))
  return { code, ...said, isLate }
}

function notConnected(target, words) {
  const hint = /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/i.test(words)
    ? 'Its key is not the one that is known for it: either the server is new or rebuilt, or somebody stands between. Find out which before you go on; then give its key by --host-key, or put it into known_hosts.'
    : /Permission denied/i.test(words)
      ? 'The server does not take this key for this user: --key FILE, or ssh-agent.'
      : 'Does the server run, is its name right, does sshd listen at that port?'
  return new DeployFailure(EXIT.failed, `${target} was not reached by ssh: ${words || 'no answer'}`, hint)
}

function knownName(target, port) {
  const host = target.replace(/^[^@]*@/, '').replace(/\[|\]/g, '')
  return port === 22 ? host : `[${host}]:${port}`
}

/** ssh reads a blank in an option's value as the beginning of the next one. */
function quoted(file) {
  return `"${file}"`
}
