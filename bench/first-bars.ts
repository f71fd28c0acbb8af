import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright'
import { startStandIn } from '../e2e/electron-stand-in/driver.ts'
import { APP_FOLDER } from '../e2e/fixtures/app.ts'
import { cleanEnv } from '../e2e/fixtures/clean-env.ts'
import { findChromium } from '../e2e/fixtures/chromium.ts'
import { storedTickets } from '../e2e/fixtures/dashboard-page.ts'
import { serveDashboard } from '../e2e/fixtures/served.ts'
import { atMost, percentile, type BenchResult } from './bench.ts'

const STARTS = 7
/** Watched tickets of four weeks, at the least. */
const LEAST_OF_WEEKS = 4_000
const BROWSER_TARGET_MS = 700
const WINDOW_TARGET_MS = 900
const LAST_HOUR_TARGET_MS = 2_000
const WEEKS_TARGET_MS = 5_000

/**
 * From the start of the program's process until its first bars are on the screen: on a workspace with data, and on a new
 * one, whose four weeks come behind its last hour.
 */
export async function run(): Promise<BenchResult[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
  try {
    const inBrowser = await browserStarts(dataDir, browser)
    const inWindow = await repeated(() => windowStart(dataDir))
    const first = await firstStarts(browser)
    return [
      result('start to first bars, in a browser that runs already, median', inBrowser, BROWSER_TARGET_MS),
      result(
        "start to first bars, in the stand-in's window with its own Chromium, median",
        inWindow,
        WINDOW_TARGET_MS,
      ),
      result(
        'start to the bars of the last hour, on a new workspace, median',
        first.bars,
        LAST_HOUR_TARGET_MS,
      ),
      result('start until its four weeks are there, median', first.weeks, WEEKS_TARGET_MS),
    ]
  } finally {
    await browser.close()
    await rm(dataDir, { recursive: true, maxRetries: 5 })
  }
}

/** As a browser that has signed in before: it keeps its session over a restart. The first start fills the workspace. */
async function browserStarts(dataDir: string, browser: Browser): Promise<number[]> {
  const served = serveDashboard(dataDir)
  const context = await browser.newContext()
  const bars = async (url: string): Promise<void> => {
    const page = await context.newPage()
    await page.goto(url)
    await firstBars(page)
    await page.close()
  }
  try {
    await bars(await served.link())
    return await repeated(async () => {
      await served.interrupt()
      const began = performance.now()
      await served.again()
      await bars(await served.url())
      return performance.now() - began
    })
  } finally {
    await context.close()
    await served.interrupt()
  }
}

async function windowStart(dataDir: string): Promise<number> {
  const began = performance.now()
  const args = [`--user-data-dir=${dataDir}`]
  const app = startStandIn({ appFolder: APP_FOLDER, args, env: cleanEnv(), cwd: dataDir })
  try {
    await firstBars(await app.firstPage())
    return performance.now() - began
  } finally {
    await app.quit()
  }
}

/** Each in a workspace of its own, which is new. */
async function firstStarts(browser: Browser): Promise<{ readonly bars: number[]; readonly weeks: number[] }> {
  const bars: number[] = []
  const weeks: number[] = []
  for (let i = 0; i < STARTS; i++) {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
    const began = performance.now()
    const served = serveDashboard(dataDir)
    const context = await browser.newContext()
    try {
      const page = await context.newPage()
      await page.goto(await served.link())
      await firstBars(page)
      bars.push(performance.now() - began)
      // The first fetch is over: the status line says no more how far it is.
      await page.getByRole('contentinfo').getByText('Last fetch').waitFor()
      weeks.push(performance.now() - began)
      if ((await storedTickets(page)) < LEAST_OF_WEEKS) throw new Error('The four weeks are not there')
    } finally {
      await context.close()
      await served.interrupt()
      await rm(dataDir, { recursive: true, maxRetries: 5 })
    }
  }
  return { bars, weeks }
}

async function firstBars(page: Page): Promise<void> {
  await page.locator('.scatterlayer .js-fill').first().waitFor({ state: 'attached' })
}

async function repeated(start: () => Promise<number>): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < STARTS; i++) times.push(await start())
  return times
}

function result(name: string, times: readonly number[], mostMs: number): BenchResult {
  return atMost(mostMs, { name, value: percentile(times, 0.5), unit: 'ms' })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
