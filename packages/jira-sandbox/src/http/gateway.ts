import type { IncomingMessage } from 'node:http'
import type { SandboxSite } from '../site.ts'

const PATH = /^\/ex\/jira\/([^/?]+)(\/rest\/.*)$/

/** The way to a Cloud site through `api.atlassian.com/ex/jira/{cloudId}`, which here has the site's own address. */
export interface Gateway {
  /** The URL as the site sees it. */
  rewrite(request: IncomingMessage): string
  /** Whether a request came this way. */
  brought(request: IncomingMessage): boolean
}

export function createGateway(site: SandboxSite): Gateway {
  const brought = new WeakSet<IncomingMessage>()
  return {
    rewrite(request) {
      const { url = '/' } = request
      const [, cloudId, rest] = PATH.exec(url) ?? []
      if (rest === undefined || cloudId !== site.identity.siteId) return url
      if (site.settings().deployment !== 'cloud') return url
      brought.add(request)
      return rest
    },
    brought: (request) => brought.has(request),
  }
}
