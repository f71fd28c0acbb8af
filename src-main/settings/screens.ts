import type { Handlers } from '../../src-shared/contract/methods.ts'
import type { Screen } from '../../src-shared/contract/screens.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { TokenRecord } from '../store/access/records.ts'
import { DISPLAY_TTL_MS } from '../tokens/lifetimes.ts'
import type { AccessBook } from '../tokens/access-book.ts'
import { createTokens, linkTo } from '../tokens/tokens.ts'
import { servedUrl } from '../workspace/instance.ts'

interface ScreenParts {
  readonly book: AccessBook
  readonly dataDir: string
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

/** The screens that may look on, as the settings list them. Throws as `Tokens`. */
export function createScreens({
  book,
  dataDir,
  clock,
  log,
}: ScreenParts): Pick<Handlers, 'settings.screens' | 'settings.addScreen' | 'settings.revokeScreen'> {
  const tokens = createTokens({ book, clock, log })
  const screens = async (): Promise<Screen[]> => (await tokens.list()).filter(isScreen).map(screenOf)
  return {
    'settings.screens': async () => ({ screens: await screens() }),
    async 'settings.addScreen'({ name }) {
      const url = servedUrl(dataDir)
      const { code, record } = await tokens.createLink({ scope: 'display', ttlMs: DISPLAY_TTL_MS, name })
      return { screen: screenOf(record), link: linkTo(url, { code, scope: 'display' }) }
    },
    async 'settings.revokeScreen'({ id }) {
      if (!(await screens()).some((screen) => screen.id === id)) {
        throw new AppError('not-found', 'This screen may not look on any more.', {
          consequence: 'Nothing was changed.',
        })
      }
      await tokens.revoke(id)
      return { screens: await screens() }
    },
  }
}

function isScreen({ scope, link, revokedMs }: TokenRecord): boolean {
  return scope === 'display' && link !== null && revokedMs === null
}

function screenOf({ id, name, createdMs, expiresMs, link }: TokenRecord): Screen {
  return { id, name, createdMs, expiresMs, openedMs: link?.spentMs ?? null }
}
