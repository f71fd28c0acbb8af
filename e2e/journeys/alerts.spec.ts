import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Browser, type Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { isAccessible } from '../fixtures/accessible.ts'
import { openAlerts } from '../fixtures/alerts-panel.ts'
import { barHeights } from '../fixtures/chart.ts'
import { findChromium } from '../fixtures/chromium.ts'
import { runCommand } from '../fixtures/command.ts'
import { callCore } from '../fixtures/core.ts'
import { tabTo } from '../fixtures/keyboard.ts'
import { watching } from '../fixtures/on-postgres.ts'
import { startRealSite, type RealSite } from '../fixtures/real-site.ts'
import { serveDashboard, type ServedDashboard } from '../fixtures/served.ts'
import { withServed } from '../fixtures/with-served.ts'
import { writeConfig } from '../fixtures/write-config.ts'

/** The notifications of a window since it was loaded. */
function told(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => (globalThis as unknown as { told: string[] }).told)
}

/** How many tones a window has sounded since it was loaded. */
function tones(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as { tones: number }).tones)
}

test.describe('with a Jira', () => {
  let dataDir: string
  let site: RealSite
  let browser: Browser
  let served: ServedDashboard

  test.beforeEach(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
    await writeConfig(dataDir, { syncIntervalSeconds: 1 })
    site = await startRealSite()
    browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
    served = serveDashboard(dataDir, watching(site))
  })

  test.afterEach(async () => {
    await browser.close()
    await served.interrupt()
    await site.stop()
    await rm(dataDir, { recursive: true, maxRetries: 5 })
  })

  /** A window that may notify, and writes down what it does. */
  async function open(link: string): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } })
    await context.grantPermissions(['notifications'], { origin: await served.url() })
    await context.addInitScript(() => {
      const shown: string[] = []
      Object.assign(globalThis, { told: shown })
      globalThis.Notification = class extends Notification {
        // A Chromium without a screen says here that it is denied, whatever was granted.
        static override readonly permission = 'granted'
        constructor(title: string, options?: NotificationOptions) {
          super(title, options)
          shown.push(`${title}: ${options?.body ?? ''}`)
        }
      }
    })
    await context.addInitScript(() => {
      Object.assign(globalThis, { tones: 0 })
      globalThis.OscillatorNode = class extends OscillatorNode {
        constructor(audio: BaseAudioContext, options?: OscillatorOptions) {
          super(audio, options)
          ;(globalThis as unknown as { tones: number }).tones += 1
        }
      }
    })
    const page = await context.newPage()
    await page.goto(link)
    await expect.poll(() => barHeights(page)).not.toEqual([])
    return page
  }

  test('a rule made by the keyboard alone rings on a storm: banner, title, notification; silenced and over for every window', async () => {
    const page = await open(await served.link())
    const panel = await openAlerts(page)
    await expect(panel).toContainText('No rule is there yet.')
    await tabTo(page, 'When')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, 'Tickets')
    await page.keyboard.type('30')
    await tabTo(page, 'Add rule')
    await page.keyboard.press('Enter')
    const rules = panel.getByRole('list', { name: 'Alert rules' })
    await expect(rules).toContainText(/^At least 30 tickets in 5 min.*Quiet/)
    await tabTo(page, 'Sound an alarm in this window')
    await page.keyboard.press('Space')
    // Chosen, it is heard once: a chord.
    await expect.poll(() => tones(page)).toBe(3)
    await page.keyboard.press('Escape')
    await expect(panel).toHaveCount(0)
    expect(await told(page)).toEqual([])

    for (let n = 1; n <= 32; n++) await site.add({ summary: `Storm, ${n}`, priority: { id: '1' } })
    const banner = page.getByRole('alert').filter({ hasText: 'ringing' })
    await expect(banner).toContainText(/^At least 30 tickets in 5 min ringing since \d\d:\d\d/)
    await expect.poll(() => tones(page)).toBe(6)
    await expect(page).toHaveTitle(/^(▲ )?(3[2-9]|[4-9]\d) in 5 min – Jira TPM$/)
    await expect
      .poll(() => told(page))
      .toEqual([
        expect.stringMatching(/^At least 30 tickets in 5 min: alert: 3\d High or Highest tickets since /),
      ])
    await isAccessible(page, 'banner')

    const onlooker = await open(
      JSON.parse(await runCommand(dataDir, ['token', 'link', '--scope', 'read', '--json'])).link,
    )
    await expect(onlooker.getByRole('alert').filter({ hasText: 'ringing' })).toBeVisible()
    expect(await told(onlooker)).toEqual([])
    const seen = await openAlerts(onlooker)
    await expect(seen.getByRole('list', { name: 'Alert rules' })).toContainText('Ringing since')
    await expect(onlooker.getByRole('button', { name: /Silence|Add rule|Remove|1 h|tomorrow/ })).toHaveCount(
      0,
    )
    await expect(seen.getByRole('list', { name: 'Alert rules' }).getByRole('checkbox')).toHaveCount(0)
    const { rules: listed } = await callCore(onlooker, 'alerts.list', {})
    await expect(callCore(onlooker, 'alerts.silence', { silence: { minutes: 60 } })).rejects.toThrow(
      /forbidden/,
    )
    expect(listed).toMatchObject([{ standing: { phase: 'alerting' } }])

    await banner.getByRole('button', { name: 'Silence 1 h' }).click()
    await expect(banner).toHaveCount(0)
    await expect(seen.getByRole('list', { name: 'Alert rules' })).toContainText(/Silenced until \d\d:\d\d/)
    await page.reload()
    await expect.poll(() => barHeights(page)).not.toEqual([])
    await openAlerts(page)
    await expect(rules).toContainText(/Silenced until \d\d:\d\d/)
    await isAccessible(page, 'alerts-panel')
    await panel.getByRole('button', { name: 'No longer' }).click()
    await expect(banner).toBeVisible()
    await page.reload()
    await expect(banner).toBeVisible()
    expect(await told(page)).toEqual([])

    // A quarter of an hour goes by, in which nothing comes.
    await site.setSettings({ clockSkewMs: 16 * 60_000 })
    await expect(banner).toHaveCount(0)
    const latest = page.getByRole('region', { name: 'Latest alerts' })
    await openAlerts(page)
    await expect(latest.getByRole('listitem')).toHaveText([/^At least 30 tickets in 5 min: overOver after /])
    await expect(rules).toContainText('Quiet')

    // A log-in that is refused: what is now is not known, and not called quiet.
    await site.replaceToken()
    await expect(rules).toContainText(/Not known since \d\d:\d\d/)
    await expect(rules).not.toContainText('Quiet')
  })
})

test.describe('in the sandbox', () => {
  const world = withServed()

  test('the heat view and the TV view are for everybody, and arrows go from hour to hour', async () => {
    const page = await (
      await world().browser.newContext({ viewport: { width: 1_280, height: 800 } })
    ).newPage()
    await page.goto(await world().served.link())
    await expect.poll(() => barHeights(page)).not.toEqual([])
    await page.keyboard.press('4')
    const hours = page.getByRole('table', { name: /^Usual tickets an hour/ }).getByRole('button')
    await expect(hours).toHaveCount(168)
    await isAccessible(page, 'heat')
    await hours.first().focus()
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowLeft']) await page.keyboard.press(key)
    await expect(hours.nth(25)).toBeFocused()
    await expect(hours.nth(25)).toHaveAccessibleName(/^Tuesday 1–2: /)
    await page.keyboard.press('Enter')
    const past = page.getByRole('region', { name: 'This hour in the last weeks' })
    await expect(past.getByRole('listitem')).not.toHaveCount(0)
    await isAccessible(page, 'heat-hour')
    await page.keyboard.press('w')
    await expect(page.getByRole('region', { name: 'Now' })).toBeVisible()
    await isAccessible(page, 'tv', { moves: true })
  })
})
