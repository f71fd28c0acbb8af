import type { BrowserContext, Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { openAlerts } from '../fixtures/alerts-panel.ts'
import { barHeights } from '../fixtures/chart.ts'
import { callCore } from '../fixtures/core.ts'
import { expectNoOverflow } from '../fixtures/overflow.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed({ firstStepsPutAway: false })

type Answer = 'granted' | 'denied' | 'prompt'

/** What a page has of notifications, and what a person who is asked says next. */
interface Asked {
  readonly page: Page
  /** How often the browser asked the person. */
  readonly times: () => number
  readonly says: (answer: Answer) => void
}

/**
 * A new window, in a browser that has not been asked yet. The browser's own question, which none shows without a screen, is
 * answered in its settings the moment it is asked; what comes of it is the browser's own answer.
 */
async function open(): Promise<Asked> {
  const context = await world().browser.newContext({ viewport: { width: 1_280, height: 800 } })
  let [asked, answer]: [number, Answer] = [0, 'prompt']
  await context.exposeBinding('personIsAsked', async ({ page }) => {
    asked += 1
    await set(context, page, answer)
  })
  await context.addInitScript(() => {
    const made: Notification[] = []
    let permission: NotificationPermission = 'default'
    globalThis.Notification = class extends Notification {
      // A Chromium without a screen says here that it is denied, whatever is set.
      static override get permission(): NotificationPermission {
        return permission
      }
      static override async requestPermission(): Promise<NotificationPermission> {
        await (globalThis as unknown as { personIsAsked: () => Promise<void> }).personIsAsked()
        return (permission = await super.requestPermission())
      }
      constructor(title: string, options?: NotificationOptions) {
        super(title, options)
        made.push(this)
      }
    }
    Object.assign(globalThis, { shown: made })
  })
  const page = await context.newPage()
  await page.goto(await world().served.link())
  await expect.poll(() => barHeights(page)).not.toEqual([])
  return { page, times: () => asked, says: (next) => void (answer = next) }
}

/** It holds as long as its session, which is left open. */
async function set(context: BrowserContext, page: Page, setting: Answer): Promise<void> {
  const session = await context.newCDPSession(page)
  const { targetInfo } = await session.send('Target.getTargetInfo')
  await session.send('Browser.setPermission', {
    permission: { name: 'notifications' },
    setting,
    origin: new URL(page.url()).origin,
    ...(targetInfo.browserContextId !== undefined && { browserContextId: targetInfo.browserContextId }),
  })
}

/** The titles of what a window has shown outside of itself. */
function shown(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    (globalThis as unknown as { shown: Notification[] }).shown.map(({ title }) => title),
  )
}

test('a window asks for notifications after one click alone: allowed it notifies, and a press there opens the span; blocked it says what to do', async () => {
  const [mine, others] = [await open(), await open()]
  const add = (name: string, tickets: number) =>
    callCore(mine.page, 'alerts.add', {
      name,
      scope: {},
      condition: { kind: 'at-least', tickets, minutes: 60 },
    })
  await add('Never', 9_000)
  const panel = await openAlerts(mine.page)
  const button = panel.getByRole('button', { name: 'Notify me on this computer' })
  await expect(button).toBeVisible()
  expect(mine.times()).toBe(0)
  // The question closed without an answer: it can be asked again.
  await button.click()
  await expect.poll(mine.times).toBe(1)
  await expect(button).toBeVisible()
  mine.says('granted')
  await button.click()
  await expect(panel).toContainText('This window notifies you when a rule rings.')
  await expect(button).toHaveCount(0)

  const blocked = await openAlerts(others.page)
  others.says('denied')
  await blocked.getByRole('button', { name: 'Notify me on this computer' }).click()
  await expect(blocked).toContainText(
    'Notifications are blocked for this page. Allow them in the browser’s settings for it, then load it anew.',
  )

  await add('Many', 1)
  for (const { page } of [mine, others])
    await expect(page.getByRole('alert').filter({ hasText: 'Many ringing' })).toBeVisible({ timeout: 30_000 })
  await expect.poll(() => shown(mine.page)).toEqual(['Many: alert'])
  expect(await shown(others.page)).toEqual([])

  await mine.page.evaluate(() =>
    (globalThis as unknown as { shown: Notification[] }).shown[0]?.dispatchEvent(new Event('click')),
  )
  await expect(mine.page).toHaveURL(/from=.*&opened=/)
})

test('with the first spike it is offered where the person looks, and answered there', async () => {
  const { page, says } = await open()
  const card = page.getByRole('region', { name: 'First steps' })
  const offer = card.getByRole('button', { name: 'Notify me on this computer' })
  await expect(card).toBeVisible()
  await expect(offer).toHaveCount(0)
  await card.getByRole('button', { name: 'Watch a spike (20 s)' }).click()
  await expect(offer).toBeVisible()
  await page.setViewportSize({ width: 420, height: 800 })
  await expectNoOverflow(page)
  await page.screenshot({ path: test.info().outputPath('offer-420.png') })
  await page.setViewportSize({ width: 1_280, height: 800 })
  await page.screenshot({ path: test.info().outputPath('offer-1280.png') })
  says('granted')
  await offer.click()
  await expect(card).toContainText('This window notifies you when a rule rings.')
  await expect(offer).toHaveCount(0)
})
