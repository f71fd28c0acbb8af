import type { DesktopHandlers, TeamServers } from '../../../src-shared/contract/desktop.ts'
import { createGate, type Dispatch } from '../../../src-shared/contract/dispatch.ts'
import { desktopMethods } from '../../../src-shared/contract/desktop.ts'
import {
  type AppError,
  failureOf,
  nothingChanged,
  toWireError,
} from '../../../src-shared/errors/app-error.ts'
import type { NetworkConfig } from '../../config/environment.ts'
import type { Log } from '../../runtime/log.ts'
import { clockNotice } from '../../team/faults.ts'
import type { ServerBook } from '../../team/kept-servers.ts'
import { serverAddress } from '../../team/server-address.ts'
import { createSignIns, ownMachineName } from '../../team/sign-in.ts'
import type { CurrentCore, DesktopCore } from './current-core.ts'
import { forgetSnapshot } from './snapshot.ts'
import type { TeamCore } from './team-core.ts'

interface ServersParts {
  readonly dataDir: string
  readonly proxies: NetworkConfig
  readonly book: ServerBook
  readonly core: CurrentCore
  readonly openLocal: () => DesktopCore
  /** The person chooses a file; null where they do not. */
  readonly chooseFile: () => Promise<string | null>
  readonly log: Log
}

/** The team servers, as the window asks for them: signs in and out, and goes over to one or back. `first`: that it begins with. */
export function createServers(parts: ServersParts, first: TeamCore | null) {
  const place = createPlace(parts, first)
  const handlers = createServersHandlers(parts, place)
  const dispatch: Dispatch = createGate(desktopMethods, handlers, (error) =>
    parts.log.error({ err: error }, 'a call about team servers failed'),
  )
  return { dispatch, now: place.now }
}

/** Where the window works now, and how it goes elsewhere. */
function createPlace(parts: ServersParts, first: TeamCore | null) {
  const { book, core, openLocal } = parts
  let current = first
  let leave = follow(current)
  /** One at a time. */
  let isBusy = false

  function follow(open: TeamCore | null): () => void {
    return open?.team.onStanding(publish) ?? (() => {})
  }

  function publish(): void {
    core.hub.publish('servers.changed', now())
  }

  function now(): TeamServers {
    return { ...standingOf(current), machine: ownMachineName(), servers: listed(book) }
  }

  async function goTo(url: string | null): Promise<void> {
    if (isBusy)
      throw nothingChanged('busy', 'The window is going over to another server already.', 'Wait for that.')
    isBusy = true
    try {
      if (current === null) await refuseWhileRunning(core)
      // What cannot be opened leaves the window where it is.
      const next = url === null ? null : await openTeam(url, parts)
      await book.choose(url)
      leave()
      current = next
      leave = follow(current)
      const exchanged = core.exchange(next ?? openLocal())
      publish()
      await exchanged
    } finally {
      isBusy = false
    }
  }

  return { now, goTo, publish, team: () => current?.team ?? null }
}

function createServersHandlers(
  { dataDir, proxies, book, core, chooseFile }: ServersParts,
  { now, goTo, publish, team }: ReturnType<typeof createPlace>,
): DesktopHandlers {
  const signIns = createSignIns({ book, proxies })
  const never = new AbortController().signal
  return {
    async 'servers.get'() {
      book.read()
      return now()
    },
    async 'servers.signIn'({ address, code, machine, caFile: given }) {
      const { url, code: ofLink } = serverAddress(address)
      const oneTime = code ?? ofLink
      if (oneTime === null) throw noCode()
      if (team() === null) await refuseWhileRunning(core)
      // Who signs in again has named the file before.
      const caFile = given ?? book.read().servers.find((server) => server.url === url)?.caFile ?? null
      await signIns.signIn({ url, caFile, machine }, oneTime, never)
      await goTo(url)
      return now()
    },
    async 'servers.use'({ url }) {
      if (url !== (team()?.url ?? null)) await goTo(url)
      return now()
    },
    async 'servers.signOut'({ url }) {
      const server = book.find(url)
      if (team()?.url === url) await goTo(null)
      const { notEnded } = await signIns.signOut(server, never)
      forgetSnapshot(dataDir, url)
      publish()
      return { ...now(), notEnded: notEnded === null ? null : failureOf(toWireError(notEnded)) }
    },
    async 'servers.retry'() {
      team()?.retry()
      return now()
    },
    'servers.chooseCaFile': async () => ({ file: await chooseFile() }),
  }
}

function standingOf(open: TeamCore | null): Omit<TeamServers, 'machine' | 'servers'> {
  if (open === null) return { current: null, state: 'connected', fault: null, asOfMs: null, notice: null }
  const { url, standing } = open.team
  const { state, fault, clockAheadMs } = standing()
  return {
    current: url,
    state,
    fault: fault && failureOf(toWireError(fault)),
    asOfMs: open.asOfMs(),
    notice: clockNotice(new URL(url).host, clockAheadMs),
  }
}

/** A book that cannot be read has no servers; the page of servers says why. */
function listed(book: Pick<ServerBook, 'read'>): TeamServers['servers'] {
  try {
    const { servers } = book.read()
    return servers.map(({ url, name, machine, scope, expiresMs }) => ({
      url,
      name,
      machine,
      scope,
      expiresMs,
    }))
  } catch {
    return []
  }
}

/** Most starts go by without a connection to a server. */
async function openTeam(
  url: string,
  parts: Pick<ServersParts, 'dataDir' | 'proxies' | 'book' | 'log'>,
): Promise<TeamCore> {
  const { openTeamCore } = await import('./team-core.ts')
  return openTeamCore(parts.book.find(url), parts)
}

/** The core of the server that was chosen the last time; null where that was this computer. What cannot be read is said by the page of servers. */
export async function openChosen(parts: Parameters<typeof openTeam>[1]): Promise<TeamCore | null> {
  try {
    const { chosen } = parts.book.read()
    return chosen === null ? null : await openTeam(chosen, parts)
  } catch (error) {
    parts.log.warn({ err: error }, 'the chosen team server was not opened')
    return null
  }
}

/** A run of this computer is worked on by the core that would end. */
async function refuseWhileRunning({ client }: Pick<CurrentCore, 'client'>): Promise<void> {
  const run = await client.call('runs.current', {}).catch(() => null)
  if (run?.state !== 'running' || run.by !== null) return
  throw nothingChanged(
    'busy',
    'A run of this computer is under way, and would be paused by going over to a server.',
    'Let it end, or pause or stop it first.',
  )
}

function noCode(): AppError {
  return nothingChanged(
    'usage',
    'There is no one-time code in the address.',
    'Paste the whole link, or type the code that who runs the server gave you.',
  )
}
