import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { SCOPES } from '../../src-shared/contract/schema.ts'
import { AppError, nothingChanged } from '../../src-shared/errors/app-error.ts'
import { writeFailure } from '../config/data-dir.ts'
import { machineClock, type Clock } from '../runtime/clock.ts'
import { replaceJson } from '../runtime/private-files.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { withFolderLock } from '../workspace/folder-lock.ts'
import { noKeychain } from './faults.ts'
import type { TeamAccount } from './session.ts'

const KeptServer = Type.Object({
  /** Its origin, by which it is named, too. */
  url: Type.String(),
  serverId: Type.String(),
  /** What its people call it. */
  name: Type.String(),
  /** A PEM file of certificates to believe besides the system's own, a whole path; null: none. */
  caFile: Type.Union([Type.String(), Type.Null()]),
  /** What this machine is called there. */
  machine: Type.String(),
  /** The token's, by which whoever runs the server revokes it. */
  id: Type.String(),
  scope: Type.Enum(SCOPES),
  expiresMs: Type.Integer(),
  /** When the token was given or renewed last, this machine's epoch ms. */
  renewedMs: Type.Integer(),
})

/** A team server that this workspace is signed in to. Its token is in the keychain, and nowhere in here. */
export type KeptServer = Static<typeof KeptServer>

const ServersFile = Type.Object({
  /** The URL of the one that is used where none is named; null: none, but this machine's own store. */
  chosen: Type.Union([Type.String(), Type.Null()]),
  servers: Type.Array(KeptServer),
})
export type KeptServers = Static<typeof ServersFile>

const NOTHING: KeptServers = { chosen: null, servers: [] }

export type ServerBook = ReturnType<typeof createServerBook>

/** Where tokens are kept. */
export type TokenPlace = Pick<Secrets, 'ready' | 'kept' | 'keep' | 'forget'>

interface ServerBookParts {
  readonly dataDir: string
  readonly secrets: TokenPlace
  readonly clock?: Pick<Clock, 'now'>
}

/**
 * The team servers that a workspace is signed in to: `servers.json`, and their tokens in the keychain. What writes throws
 * `folder-not-writable`, `busy` and `not-configured`, and `secrets-unavailable` where it is about a token.
 */
export function createServerBook({ dataDir, clock = machineClock, ...parts }: ServerBookParts) {
  const secrets = forServers(parts.secrets)
  const file = path.join(dataDir, 'servers.json')
  const change = (next: (now: KeptServers) => KeptServers): Promise<void> => changeFile(file, next)
  const put = (url: string, part: Partial<KeptServer>): Promise<void> =>
    change(({ servers, ...rest }) => ({
      ...rest,
      servers: servers.map((each) => (each.url === url ? { ...each, ...part } : each)),
    }))

  return {
    /** Throws `not-configured` where the file is not ours. */
    read: (): KeptServers => readServers(file),
    /** By its address, or what it is called. Throws `not-found`. */
    find: (nameOrUrl: string): KeptServer => findServer(readServers(file), nameOrUrl),
    /** Which one is used where none is named; null: this machine's own store. */
    choose: (url: string | null): Promise<void> => change((now) => ({ ...now, chosen: url })),
    /** Throws where a sign-in could not be kept now. */
    async ready(signal: AbortSignal): Promise<void> {
      readServers(file)
      await secrets.ready(signal)
    },
    /** Keeps a sign-in, in place of a former one at the same address: all of it, or nothing. */
    async keep(server: KeptServer, token: string, signal: AbortSignal): Promise<void> {
      const former = readServers(file).servers.find(({ url }) => url === server.url)
      await secrets.keep(owner(server), token, signal)
      await change(withServer(server)).catch(async (error: unknown) => {
        await secrets.forget(owner(server), signal).catch(() => {}) // nobody looks there for it
        throw error
      })
      // The sign-in is whole by now: what stays of the former one in the keychain is looked for by nobody.
      if (former !== undefined && former.id !== server.id)
        await secrets.forget(owner(former), signal).catch(() => {})
    },
    /** The token of a sign-in; null where the keychain has none. */
    token: (server: KeptServer, signal: AbortSignal): Promise<string | null> =>
      secrets.kept(owner(server), signal),
    async forget(server: KeptServer, signal: AbortSignal): Promise<void> {
      await secrets.forget(owner(server), signal)
      await change(({ servers, chosen }) => ({
        chosen: chosen === server.url ? null : chosen,
        servers: servers.filter(({ url }) => url !== server.url),
      }))
    },
    /** What a client needs of it. */
    accountOf(server: KeptServer): TeamAccount {
      const now = (): KeptServer =>
        readServers(file).servers.find(({ url, id }) => url === server.url && id === server.id) ?? server
      return {
        serverId: server.serverId,
        token: (signal) => secrets.kept(owner(server), signal),
        renewedMs: () => now().renewedMs,
        async renewed(token, expiresMs, signal) {
          await secrets.keep(owner(server), token, signal)
          await put(server.url, { expiresMs, renewedMs: clock.now() })
        },
      }
    },
  }
}

function withServer(server: KeptServer): (now: KeptServers) => KeptServers {
  return ({ servers, ...rest }) => ({
    ...rest,
    servers: [...servers.filter(({ url }) => url !== server.url), server],
  })
}

/** What is wrong with the keychain is said with what to do for a team server. */
function forServers({ ready, kept, keep, forget }: TokenPlace): TokenPlace {
  return {
    ready: sayingFor(ready, 'This machine is not signed in, and no code is spent.'),
    kept: sayingFor(kept),
    keep: sayingFor(keep),
    forget: sayingFor(forget),
  }
}

function sayingFor<A extends unknown[], T>(
  ask: (...args: A) => Promise<T>,
  meaning?: string,
): (...args: A) => Promise<T> {
  return (...args) =>
    ask(...args).catch((error: unknown) => {
      throw error instanceof AppError && error.code === 'secrets-unavailable'
        ? noKeychain(error, meaning)
        : error
    })
}

/** Whose secret the token is. */
function owner({ url, id }: Pick<KeptServer, 'url' | 'id'>) {
  return { kind: 'team', url, id } as const
}

function readServers(file: string): KeptServers {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NOTHING
    if (!(error instanceof SyntaxError)) throw error
  }
  if (Check(ServersFile, content)) return content
  throw new AppError('not-configured', `${file} is not a file of team servers.`, {
    consequence: 'No server was asked.',
    hint: 'Put back the file as it was; or delete it, and sign in again.',
  })
}

async function changeFile(file: string, next: (now: KeptServers) => KeptServers): Promise<void> {
  try {
    await withFolderLock(path.dirname(file), () => replaceJson(file, next(readServers(file))))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('folder-not-writable', `${file} cannot be written: ${writeFailure(cause)}.`, {
      consequence: 'The kept servers are as they were.',
      hint: 'Make room or make the folder writable, and try it again.',
      cause,
    })
  }
}

/** The letters of names and addresses are compared in lower case; an address may be without its https://. */
function findServer({ servers }: KeptServers, nameOrUrl: string): KeptServer {
  const asked = nameOrUrl.trim().replace(/\/+$/, '').toLowerCase()
  const called = (server: KeptServer): readonly string[] =>
    [server.url, new URL(server.url).host, server.name].map((each) => each.toLowerCase())
  const found = servers.filter((server) => called(server).includes(asked))
  const [first] = found
  if (found.length === 1 && first !== undefined) return first
  const names = servers.map(({ url }) => url).join(', ')
  throw found.length === 0
    ? nothingChanged(
        'not-found',
        `This machine is not signed in to a server ${JSON.stringify(nameOrUrl.slice(0, 100))}.`,
        names === ''
          ? 'jira-tpm login URL signs in to one.'
          : `It is signed in to ${names}; jira-tpm login URL signs in to another one.`,
      )
    : nothingChanged(
        'usage',
        `Several servers are called ${first?.name ?? ''}.`,
        `Name it by its address: ${names}.`,
      )
}
