import { DESKTOP_EVENTS, type EventName } from '../../../src-shared/contract/events.ts'
import type { Dispatch } from '../../../src-shared/contract/dispatch.ts'
import { isMethod } from '../../../src-shared/contract/methods.ts'
import { nothingDone } from '../../../src-shared/errors/app-error.ts'
import type { Log } from '../../runtime/log.ts'
import type { NetworkConfig } from '../../config/environment.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { KeptServer, ServerBook } from '../../team/kept-servers.ts'
import { createTeamClient, type TeamClient } from '../../team/team-client.ts'
import type { DesktopCore } from './current-core.ts'
import { openSnapshot, type Snapshot } from './snapshot.ts'

interface TeamCoreParts {
  readonly dataDir: string
  readonly proxies: NetworkConfig
  readonly book: Pick<ServerBook, 'accountOf'>
  readonly log: Pick<Log, 'warn'>
}

export interface TeamCore extends DesktopCore {
  readonly team: TeamClient
  /** Of when is what is shown while it is not connected, this machine's epoch ms; null while it is, or where nothing is known. */
  readonly asOfMs: () => number | null
}

/** Opens the core of a kept server. */
export function openTeamCore(server: KeptServer, { dataDir, proxies, book, log }: TeamCoreParts): TeamCore {
  const { url, caFile } = server
  const team = createTeamClient({ url, caFile, proxies, account: book.accountOf(server), log })
  return createTeamCore(team, openSnapshot({ dataDir, url, now: () => machineClock.now(), log }))
}

/**
 * The core of a team server, as the window speaks to it. While the server is away what was known last is answered in its place, where
 * it says something of what is asked; all else fails as the connection does.
 */
function createTeamCore(team: TeamClient, snapshot: Snapshot): TeamCore {
  let browseUrl: string | null = null
  const picture = followPicture(team, snapshot)

  const dispatch: Dispatch = async (method, params, options) => {
    const isRead = isMethod(method)
    if (isRead && team.standing().state !== 'connected') {
      const result = snapshot.answer(method, params)
      if (result !== undefined) return { ok: true, result }
    }
    const reply = await team.dispatch(method, params, options)
    if (!reply.ok || !isRead) return reply
    snapshot.take(method, params, reply.result)
    if (method === 'session.get') browseUrl = browseUrlIn(reply.result)
    return reply
  }

  return {
    team,
    asOfMs: picture.asOfMs,
    dispatch,
    hub: {
      onAny: (listener) =>
        team.hub.onAny((event: EventName, payload: unknown) => {
          if (DESKTOP_EVENTS.has(event) || event === 'contract.hello') return
          if (picture.isBack() && event === 'session.changed') return
          snapshot.hear(event, payload)
          listener(event, payload)
        }),
    },
    transfer: () =>
      Promise.reject(
        nothingDone(
          'usage',
          'Files are imported and exported where the tickets are stored, and that is the team server.',
          'Go back to this computer first, or use jira-tpm import and export where the server runs.',
        ),
      ),
    browseUrl: () => browseUrl,
    start: async () => team.start(),
    wake: () => team.retry(),
    async stop() {
      picture.stop()
      await team.stop()
    },
  }
}

/** Of when is what the window shows, as the connection comes and goes. */
function followPicture(team: TeamClient, snapshot: Snapshot) {
  let asOfMs = snapshot.atMs()
  let wasConnected = false
  let isBack = false
  const leave = team.onStanding(({ state, sinceMs }) => {
    const isConnected = state === 'connected'
    if (isConnected && !wasConnected) {
      isBack = true
      queueMicrotask(() => (isBack = false))
    }
    if (!isConnected && wasConnected) {
      snapshot.save(true)
      asOfMs = sinceMs
    }
    if (isConnected) asOfMs = null
    wasConnected = isConnected
  })
  return {
    asOfMs: (): number | null => asOfMs,
    /** While the connection is there again this very moment, and says itself that all is to be asked anew: the window does so without letting go of what it shows. */
    isBack: (): boolean => isBack,
    stop(): void {
      snapshot.save(wasConnected)
      leave()
    },
  }
}

/** A server may name its Jira for the browser to open; over plain HTTP it may not. */
function browseUrlIn(session: unknown): string | null {
  const { browseUrl } = (session as { readonly site: { readonly browseUrl: string | null } }).site
  return browseUrl?.startsWith('https://') === true ? browseUrl : null
}
