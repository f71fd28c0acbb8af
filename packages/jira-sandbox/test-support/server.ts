import { DEFAULT_SANDBOX } from '../src/config.ts'
import type { SandboxCredentials } from '../src/database/meta.ts'
import { startSandboxServer, type SandboxServer } from '../src/server.ts'
import type { SandboxSettings } from '../src/settings.ts'
import { manualClock, type ManualClock } from './site.ts'
import { createTestHandles, type TestHandles } from './sandbox.ts'

export interface TestServer extends SandboxServer, TestHandles {
  /** The machine's clock, as this server sees it: it stands still. */
  readonly clock: ManualClock
  /** What went wrong inside that is no answer of Jira's. */
  readonly bugs: unknown[]
}

interface TestServerOptions {
  readonly file?: string
  readonly credentials?: SandboxCredentials
  /** Otherwise one that starts at noon. */
  readonly clock?: ManualClock
}

/** A sandbox in the test's own thread, in memory unless a file is given, whose clock is the test's. */
export async function startTestServer(
  overrides: Partial<SandboxSettings> & TestServerOptions = {},
): Promise<TestServer> {
  const {
    file = ':memory:',
    credentials,
    clock = manualClock(Date.UTC(2026, 5, 1, 12)),
    ...settings
  } = overrides
  const bugs: unknown[] = []
  const server = await startSandboxServer({
    file,
    settings: { ...DEFAULT_SANDBOX, historyTickets: 0, ...settings },
    credentials,
    clock,
    onBug: (error) => bugs.push(error),
  })
  return { ...server, ...createTestHandles(server), clock, bugs }
}
