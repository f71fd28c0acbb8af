import type { SandboxCredentials } from './database/meta.ts'
import { openSandboxDatabase } from './database/open-database.ts'
import type { Fault } from './faults/fault.ts'
import { MOODS, type MoodName } from './faults/moods.ts'
import { startPast, type Past } from './history/past.ts'
import { createHttpServer } from './http/http-server.ts'
import { ROUTES } from './routes/all-routes.ts'
import { SandboxError } from './sandbox-error.ts'
import { checkSettings, type SandboxSettings } from './settings.ts'
import type { MachineClock } from './sandbox-clock.ts'
import { createSite } from './site.ts'
import { tellOfDeletion } from './webhooks/issue-event.ts'

export interface SandboxServer {
  readonly url: string
  readonly siteId: string
  readonly email: string
  readonly apiToken: string
  /** Closes every connection and the file. May be called twice. */
  stop(): Promise<void>
}

/**
 * Serves a sandbox Jira on 127.0.0.1 from the calling thread. Throws a SandboxError: `usage` for wrong settings,
 * `port-in-use`, and those of `openSandboxDatabase`; then nothing is left open. `onBug` is called with errors that are no
 * answer of Jira's; their callers get a 500.
 */
export async function startSandboxServer(options: {
  readonly file: string
  readonly settings: SandboxSettings
  readonly credentials?: Partial<SandboxCredentials> | undefined
  readonly mood?: MoodName | undefined
  /** Besides those of the mood. */
  readonly faults?: readonly Fault[] | undefined
  readonly clock: MachineClock
  readonly onBug: (error: unknown) => void
}): Promise<SandboxServer> {
  const settings = checkSettings(options.settings)
  const { contextPath } = settings
  const db = openSandboxDatabase(options.file)
  let past: Past | undefined
  try {
    let url = ''
    const site = createSite({
      db,
      machine: options.clock,
      settings,
      credentials: options.credentials,
      baseUrl: () => url,
    })
    past = startPast(site, settings, options.onBug)
    const { mood = 'healthy', faults = [] } = options
    if (mood !== 'healthy') site.setMood(mood)
    if (faults.length > 0) site.setFaults([...MOODS[mood].faults, ...faults])
    const http = createHttpServer({
      site,
      past,
      routes: ROUTES,
      machine: options.clock,
      onBug: options.onBug,
      contextPath,
    })
    const address = await listen(() => http.listen({ host: '127.0.0.1', port: settings.port }), settings.port)
    url = address + contextPath
    site.bulkDeletes.resume((issue) => tellOfDeletion(site, issue, true))
    let stopping: Promise<void> | undefined
    const stop = async (): Promise<void> => {
      past?.stop()
      site.deliveries.stop()
      await http.close()
      site.bulkDeletes.stop()
      site.clock.end()
      db.close()
    }
    const { siteId, email, apiToken } = site.identity
    return { url, siteId, email, apiToken, stop: () => (stopping ??= stop()) }
  } catch (error) {
    past?.stop()
    db.close()
    throw error
  }
}

async function listen(start: () => Promise<string>, port: number): Promise<string> {
  try {
    return await start()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new SandboxError('port-in-use', `Port ${port} is taken, so the sandbox Jira did not start.`, {
      hint: 'Name another port, or 0 for any that is free.',
      cause: error,
    })
  }
}
