import type { Client } from '../../../src-shared/contract/client.ts'
import { methods } from '../../../src-shared/contract/methods.ts'
import { AppError, errorText } from '../../../src-shared/errors/app-error.ts'
import type { StoredData } from '../../app/stored.ts'
import type { Config } from '../../config/config.ts'
import { createSecrets } from '../../secrets/secrets.ts'
import { clockNotice } from '../../team/faults.ts'
import { createTeamClient, type TeamClient } from '../../team/team-client.ts'
import { say, type CliIo } from './io.ts'
import type { ReachedCore } from './openers.ts'
import { plainClient } from './plain-client.ts'
import { ofThisMachine, type ReachedServer } from './reach.ts'
import type { WithAppOptions } from './with-app.ts'
import { withLog } from './with-log.ts'

type WithServerOptions = Pick<WithAppOptions, 'background' | 'staysOpen' | 'rawTexts'>

/** Does a command's work over a team server, in place of a core of this machine's own. */
export function withServer<T>(
  io: CliIo,
  config: Config,
  server: ReachedServer,
  work: (reached: ReachedCore & StoredData) => Promise<T>,
  { background = false, staysOpen = background, rawTexts }: WithServerOptions = {},
): Promise<T> {
  const { dataDir, network } = config
  return withLog(io, dataDir, async (log) => {
    const { url, caFile } = server
    const account = await server.account(
      createSecrets({ dataDir, log, ...(io.keychain && { keychain: io.keychain }) }),
    )
    const team = createTeamClient({ url, caFile, proxies: network, account, log })
    sayClocks(io, team)
    if (staysOpen) sayConnection(io, team)
    const reaching = reachingClient(team, staysOpen)
    const client = rawTexts === true ? reaching : plainClient(reaching)
    try {
      return await work({
        client,
        // What goes on by itself goes on in the server.
        start: async () => team.start(),
        followOtherRuns: async () => {},
        exportTickets() {
          throw ofThisMachine(url)
        },
      })
    } finally {
      await team.stop()
    }
  })
}

/**
 * Events begin with the first that is listened to. What was missed while the connection was lost is made up for: how runs and
 * clean-ups stand is told anew. Who stays open waits where a question cannot be asked just now.
 */
function reachingClient(team: TeamClient, staysOpen: boolean): Client {
  team.hub.on('session.changed', () => {
    void tellAnew(team).catch(() => {}) // lost once more: it is told with the next connection
  })
  return {
    async call(method, params) {
      for (;;) {
        try {
          return await team.client.call(method, params)
        } catch (error) {
          const mayWait = staysOpen && methods[method].scope === 'read' && isAway(error)
          if (!mayWait || team.standing().state === 'connected') throw error
          await connectedAgain(team)
        }
      }
    },
    on(event, listener) {
      team.start()
      return team.client.on(event, listener)
    },
  }
}

async function tellAnew({ client, hub }: TeamClient): Promise<void> {
  const run = await client.call('runs.current', {})
  if (run !== null) hub.publish('run.changed', run)
  const cleanUp = await client.call('runs.currentCleanUp', {})
  if (cleanUp !== null) hub.publish('clean-up.changed', cleanUp)
}

function isAway(error: unknown): boolean {
  return error instanceof AppError && error.code === 'server-unreachable'
}

/** Throws what ended it for good. */
function connectedAgain(team: TeamClient): Promise<void> {
  team.start()
  return new Promise((resolve, reject) => {
    const look = ({ state, fault }: ReturnType<TeamClient['standing']>): void => {
      if (state === 'lost' || state === 'connecting') return
      leave()
      if (fault === null) resolve()
      else reject(fault)
    }
    const leave = team.onStanding(look)
    look(team.standing()) // it may have ended for good before
  })
}

/** Once. */
function sayClocks(io: CliIo, team: TeamClient): void {
  const leave = team.onStanding(({ hello, clockAheadMs }) => {
    if (hello === null) return
    leave()
    const notice = clockNotice(new URL(team.url).host, clockAheadMs)
    if (notice !== null) say(io, notice)
  })
}

/** Says what becomes of the connection of who stays open. */
function sayConnection(io: CliIo, team: TeamClient): void {
  let last = team.standing().state
  team.onStanding(({ state, fault }) => {
    if (state === last) return
    if (state === 'connected' && last !== 'connecting')
      say(io, `${new URL(team.url).host} is connected again.`)
    if (state === 'lost' && fault !== null) say(io, `${errorText(fault)} It is tried again.`)
    last = state
  })
}
