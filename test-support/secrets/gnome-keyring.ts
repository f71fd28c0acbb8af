import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { createKeyring, startNodeKeyring, type StartKeyring } from '../../src-main/secrets/keyring.ts'

/** A GNOME Keyring of its own on a D-Bus of its own, in a home that is thrown away. */
export interface TestKeyring {
  readonly start: StartKeyring
  /** What a program that is to find it needs in its environment. */
  readonly env: { readonly DBUS_SESSION_BUS_ADDRESS: string }
  /** From now on its collection is locked, as after a log-in without a password. */
  lock(): Promise<void>
  stop(): Promise<void>
}

const NEEDED = ['dbus-daemon', 'gnome-keyring-daemon']

/** Why there can be none here, and what to install; null where there can. */
export function whyNoKeyring(): string | null {
  if (process.platform !== 'linux') return 'only Linux has a keychain that can be thrown away'
  const missing = NEEDED.filter((name) => spawnSync(name, ['--version'], { timeout: 10_000 }).error)
  if (missing.length === 0) return null
  return `there is no ${missing.join(' and no ')} here (on Debian: apt-get install gnome-keyring dbus)`
}

interface KeyringOptions {
  /** Programs that the bus starts for a name, instead of the system's own. */
  readonly services?: Readonly<Record<string, string>>
  /** False: nobody has made or unlocked a keyring. */
  readonly unlocked?: boolean
}

export async function startTestKeyring(options: KeyringOptions = {}): Promise<TestKeyring> {
  const { services = {}, unlocked = true } = options
  const home = mkdtempSync(path.join(tmpdir(), 'tpm-keyring-'))
  const env = prepareHome(home, services)
  const children: ChildProcess[] = []
  const run = (program: string, ...args: string[]): ChildProcess => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'ignore'], detached: true })
    children.push(child)
    return child
  }
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) await end(child)
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
  const keyringOn = (address: string): TestKeyring => ({
    start: () => startNodeKeyring(env),
    env: { DBUS_SESSION_BUS_ADDRESS: address },
    async lock() {
      await end(children.pop())
      run('gnome-keyring-daemon', '--start', '--foreground', '--components=secrets')
      await untilThere(home, () => {})
    },
    stop,
  })
  try {
    const bus = run(
      'dbus-daemon',
      '--session',
      '--nofork',
      '--print-address',
      `--address=unix:path=${home}/bus`,
    )
    const address = await firstLine(bus)
    env['DBUS_SESSION_BUS_ADDRESS'] = address
    const keyring = keyringOn(address)
    if (!unlocked) return keyring
    const daemon = run('gnome-keyring-daemon', '--unlock', '--foreground', '--components=secrets')
    daemon.stdin?.end('a password')
    await untilThere(home, () => createKeyring(keyring).probe(AbortSignal.timeout(PATIENCE_MS)))
    return keyring
  } catch (error) {
    await stop()
    throw error
  }
}

const PATIENCE_MS = 10_000
const LOOK_AGAIN_MS = 20

/** It tells nobody when it is ready: first its socket is there, then its name on the bus. */
async function untilThere(home: string, ready: () => unknown): Promise<void> {
  const socket = path.join(home, 'run', 'keyring', 'control')
  await tried(() => statSync(socket))
  await tried(ready)
}

/** Vitest's `waitFor`, for Playwright too. */
async function tried(work: () => unknown): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    try {
      await work()
      return
    } catch (error) {
      if (waitedMs >= PATIENCE_MS) throw error
      await delay(LOOK_AGAIN_MS)
    }
  }
}

/** A place where there is no D-Bus at all, as in a container. */
export function nowhere(home: string): StartKeyring {
  return () => startNodeKeyring(prepareHome(home, {}))
}

function prepareHome(home: string, services: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const [run, data] = [path.join(home, 'run'), path.join(home, 'data')]
  const serviceFolder = path.join(data, 'dbus-1', 'services')
  mkdirSync(run, { recursive: true, mode: 0o700 })
  mkdirSync(serviceFolder, { recursive: true })
  for (const [name, program] of Object.entries(services)) {
    writeFileSync(
      path.join(serviceFolder, `${name}.service`),
      `[D-BUS Service]\nName=${name}\nExec=${program}\n`,
    )
  }
  const { PATH } = process.env
  return { PATH, HOME: home, XDG_RUNTIME_DIR: run, XDG_DATA_HOME: data, GSETTINGS_BACKEND: 'memory' }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! })
  const [line] = (await once(lines, 'line', { signal: AbortSignal.timeout(PATIENCE_MS) })) as [string]
  child.stdout?.resume()
  return line
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL') // with whatever it has started
  await ended
}
