import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Page } from 'playwright'
import { findChromium } from '../e2e/fixtures/chromium.ts'
import { serveDashboard } from '../e2e/fixtures/served.ts'
import { atMost, type BenchResult } from './bench.ts'

const BRUSH_MS = 10_000
const LONGEST_TASK_MS = 50

/** The longest task of the window while a mouse is drawn to and fro for ten seconds, over a day of minutes and over its strip. */
export async function run(): Promise<BenchResult[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const served = serveDashboard(dataDir)
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } })
    await page.addInitScript(() => {
      sessionStorage.setItem('jira-tpm.span', JSON.stringify({ from: 'now-1d', to: 'now' }))
    })
    await page.goto(await served.link())
    await page.locator('.scatterlayer .js-fill').first().waitFor({ state: 'attached' })
    const overBars = await longestTask(page, page.getByRole('button', { name: /^Bars:/ }))
    const overStrip = await longestTask(page, page.getByRole('group', { name: 'Span' }))
    return [
      result('longest task while brushing 1,440 minutes for 10 s', overBars),
      result('longest task while dragging the handle for 10 s', overStrip),
    ]
  } finally {
    await browser.close()
    await served.interrupt()
    await rm(dataDir, { recursive: true, maxRetries: 5 })
  }
}

/** Tasks of less than 50 ms are not told: then it is 0. */
async function longestTask(page: Page, target: ReturnType<Page['getByRole']>): Promise<number> {
  const box = await target.boundingBox()
  if (box === null) throw new Error('The chart is not shown')
  const [y, left, width] = [box.y + box.height / 2, box.x + 60, box.width - 120]
  await page.mouse.move(left, y)
  const observed = await page.evaluateHandle(() => {
    const tasks = { longest: 0 }
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.longest = Math.max(tasks.longest, duration)
    }).observe({ entryTypes: ['longtask'] })
    return tasks
  })
  await page.mouse.down()
  const began = performance.now()
  for (let step = 0; performance.now() - began < BRUSH_MS; step++) {
    await page.mouse.move(left + width * Math.abs(Math.sin(step / 20)), y)
  }
  const { longest } = await observed.jsonValue()
  await page.keyboard.press('Escape')
  await page.mouse.up()
  return longest
}

function result(name: string, ms: number): BenchResult {
  return atMost(LONGEST_TASK_MS, { name, value: ms, unit: 'ms' })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
