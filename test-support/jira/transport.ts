import { onTestFinished } from 'vitest'
import { apiToken, createRedactor } from '../../src-main/jira/credentials.ts'
import { createNetwork, type Network } from '../../src-main/jira/network/network.ts'
import { TEST_TOKEN } from './jira.ts'
import {
  createTransport,
  TIMEOUTS,
  type Timeouts,
  type Transport,
  type TransportOptions,
} from '../../src-main/jira/transport.ts'

export const ADA = apiToken('ada@example.com', TEST_TOKEN)

export const GET = { method: 'GET', path: '/rest/api/3/myself' }

type Options = Partial<Omit<TransportOptions, 'timeouts'>> & { timeouts?: Partial<Timeouts> }

/** A transport to a server of a test, which repeats nothing. */
export function transportTo(url: string, { timeouts, ...options }: Options = {}): Transport {
  const network = options.network ?? testNetwork()
  return createTransport({
    site: new URL(url),
    credentials: ADA,
    network,
    timeouts: { ...TIMEOUTS, ...timeouts },
    maxBytes: 2 ** 20,
    redact: createRedactor([...ADA.secrets, ...network.secrets]),
    ...options,
  })
}

/** A network that is closed when the test ends. */
export function testNetwork(options: Parameters<typeof createNetwork>[0] = {}): Network {
  const network = createNetwork(options)
  onTestFinished(() => network.close())
  return network
}
