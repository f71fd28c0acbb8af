import type { Tokens } from '../tokens/tokens.ts'
import { configOf, type CommonOptions } from './common-options.ts'
import type { CliIo } from './io.ts'
import { withAccessLog, withLog } from './with-app.ts'

/** Where the tokens of a workspace are worked on. */
interface TokenWork {
  readonly tokens: Tokens
  readonly dataDir: string
  readonly zone: string
}

/** Does `work` on the tokens of a workspace. Neither a Jira nor a store is opened. */
export async function withTokens(
  io: CliIo,
  options: CommonOptions,
  work: (parts: TokenWork) => Promise<void>,
): Promise<void> {
  const { dataDir, zone } = configOf(io, options)
  await withLog(io, dataDir, async (log) => {
    // Loaded late: help and wrong flags are answered without its weight.
    const { createTokens } = await import('../tokens/tokens.ts')
    await withAccessLog(io, dataDir, (accessLog) =>
      work({ tokens: createTokens({ dataDir, log, accessLog }), dataDir, zone }),
    )
  })
}
