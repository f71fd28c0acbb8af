import { pino } from 'pino'
import { expect, test } from 'vitest'
import { testFolder } from '../../test-support/end.ts'
import { machineClock } from '../runtime/clock.ts'
import { openTokens } from '../../test-support/tokens/open-tokens.ts'
import { announce } from '../workspace/instance.ts'
import { createScreens } from './screens.ts'

const log = pino({ level: 'silent' })

test('a screen is given a link where a dashboard is served, is listed without it, and let in no more when that is revoked', async () => {
  const dataDir = testFolder()
  const { book, tokens, close } = await openTokens(dataDir)
  const screens = createScreens({ book, dataDir, clock: machineClock, log })
  await expect(screens['settings.addScreen']({ name: 'Lobby' })).rejects.toMatchObject({
    code: 'not-found',
    consequence: 'No link was made.',
  })
  await announce(dataDir, { dashboard: { url: 'http://127.0.0.1:8050', publicUrl: 'https://tpm.example' } })
  const { link, screen } = await screens['settings.addScreen']({ name: 'Lobby' })
  const code = /^https:\/\/tpm\.example\/#tv&code=(?<code>[\w-]{43})$/.exec(link)?.groups?.['code']
  expect(code).toBeDefined()
  expect(await screens['settings.screens']({})).toEqual({ screens: [screen] })
  expect(JSON.stringify(screen)).not.toContain(code)

  // Those of other scopes are none of it.
  const { record } = await tokens.createLink({ scope: 'admin', ttlMs: 60_000 })
  await tokens.openLink(code ?? '')
  const { screens: listed } = await screens['settings.screens']({})
  expect(listed).toMatchObject([{ name: 'Lobby', openedMs: expect.any(Number) as number }])
  await expect(screens['settings.revokeScreen']({ id: record.id })).rejects.toMatchObject({
    code: 'not-found',
  })
  expect(await screens['settings.revokeScreen']({ id: screen.id })).toEqual({ screens: [] })
  expect(tokens.isLive(record.id)).toBe(true)
  expect(await tokens.openLink(code ?? '')).toBeNull()
  await close()
})
