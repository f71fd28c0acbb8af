import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import path from 'node:path'

/** What a second process hands over before it quits. */
export interface SecondInstance {
  readonly argv: readonly string[]
  readonly cwd: string
}

export interface Lock {
  readonly isOurs: boolean
  /** Resolves when the first process has the second one's arguments. */
  readonly handedOver: Promise<void>
  /** Lets the next process have it; safe to call twice. */
  release(): void
}

/**
 * Electron's way on Linux: a lock and a socket in the user's data folder. The first process has the lock and hears of
 * others; any other hands over its arguments.
 */
export function lockSingleInstance(folder: string, hear: (second: SecondInstance) => void): Lock {
  mkdirSync(folder, { recursive: true })
  const lock = path.join(folder, 'SingletonLock')
  const socket = path.join(folder, 'SingletonSocket')
  if (isHeld(lock)) return { isOurs: false, handedOver: handOver(socket), release: () => {} }
  rmSync(socket, { force: true })
  writeFileSync(lock, String(process.pid))
  const server = listen(socket, hear)
  const release = (): void => {
    server.close()
    process.off('exit', release)
    for (const file of [lock, socket]) rmSync(file, { force: true })
  }
  process.on('exit', release)
  return { isOurs: true, handedOver: Promise.resolve(), release }
}

async function handOver(socket: string): Promise<void> {
  const us: SecondInstance = { argv: process.argv, cwd: process.cwd() }
  const connection = connect(socket).end(JSON.stringify(us))
  await once(connection, 'close')
}

function isHeld(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0)
    return true
  } catch {
    return false // no lock, or its holder is gone
  }
}

function listen(socket: string, hear: (second: SecondInstance) => void): Server {
  const server = createServer((connection) => {
    const chunks: Buffer[] = []
    connection.on('data', (chunk: Buffer) => chunks.push(chunk))
    connection.on('end', () => hear(JSON.parse(Buffer.concat(chunks).toString()) as SecondInstance))
  })
  return server.listen(socket).unref()
}
