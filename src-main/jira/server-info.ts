import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { brokenAnswer } from './errors.ts'
import type { Deployment, ServerFacts } from './jira.ts'
import type { Link } from './link.ts'
import { READ_REPEATS } from './retry.ts'
import { parseJiraStamp } from './timestamp.ts'

/** What both kinds say of themselves, to anybody. `serverTime` is missing on some Data Center servers. */
const ServerInfo = Type.Object({
  version: Type.String({ maxLength: 100 }),
  deploymentType: Type.Optional(Type.String()),
  serverTime: Type.Optional(Type.String()),
})

/** Asks a server what it is. The path is one that Cloud and Data Center share. */
export async function askServer(
  { host, send }: Pick<Link, 'host' | 'send'>,
  signal: AbortSignal,
): Promise<ServerFacts> {
  const request = { method: 'GET', path: '/rest/api/2/serverInfo' }
  const { data, siteMs, tookMs } = await send(request, { repeats: READ_REPEATS, signal })
  if (!Check(ServerInfo, data)) throw brokenAnswer(host, 'shape', 'without saying which Jira it is')
  // Its own time is exact; `Date` has whole seconds, and may be that of a proxy on the way.
  const ownMs = parseJiraStamp(data.serverTime ?? '')
  const nowMs = Number.isNaN(ownMs) ? siteMs : ownMs
  if (Number.isNaN(nowMs)) throw brokenAnswer(host, 'shape', 'without a date')
  return { deployment: deploymentOf(data.deploymentType), version: data.version, siteMs: nowMs, tookMs }
}

/** Servers say "Server", also those of Data Center. */
function deploymentOf(type: string | undefined): Deployment {
  return type === 'Cloud' ? 'cloud' : 'data-center'
}
