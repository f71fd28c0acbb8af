import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright'
import { ticketsDrawn, whenDrawn } from '../e2e/fixtures/chart.ts'
import { findChromium } from '../e2e/fixtures/chromium.ts'
import { createStrangersTicket } from '../e2e/fixtures/stranger.ts'
import { createApp } from '../src-main/app/app.ts'
import { readConfig } from '../src-main/config/read-config.ts'
import { openLog } from '../src-main/runtime/log.ts'
import { projectFile } from '../src-main/runtime/project-files.ts'
import { createServer } from '../src-main/server/server.ts'
import { createTokens } from '../src-main/tokens/tokens.ts'
import { percentile, type BenchResult } from './bench.ts'

const TICKETS = 40
const TARGET_MS = 1_500

/** A stranger creates tickets in the sandbox, one after the other; an open dashboard, fetching every second, shows each. */
export async function run(): Promise<BenchResult[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const logging = openLog(dataDir, console.error)
  const { log } = logging
  const config = readConfig({ flags: { dataDir, jira: 'sandbox' }, env: {}, cwd: dataDir })
  const app = createApp({ ...config, syncIntervalMs: 1_000 }, { log })
  const tokens = createTokens({ book: app.accessBook, log })
  const server = createServer({
    app,
    tokens,
    dataDir,
    rendererDir: projectFile('out', 'renderer'),
    port: 0,
    log,
  })
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
  try {
    await app.start()
    const { url } = await server.start()
    const { code } = await tokens.createLink({ scope: 'read', ttlMs: 60_000 })
    const page = await browser.newPage()
    await page.goto(`${url}/#code=${code}`)
    await whenDrawn(page, 0)

    const samples: number[] = []
    for (let i = 0; i < TICKETS; i++) {
      const before = await ticketsDrawn(page)
      const began = performance.now()
      await createStrangersTicket(dataDir, `Measured ticket ${i}`)
      await whenDrawn(page, before + 1)
      samples.push(performance.now() - began)
      // Tickets come at any moment between two fetches.
      await page.waitForTimeout((i * 137) % 1_000)
    }
    const p95 = percentile(samples, 0.95)
    return [
      {
        name: 'ticket created to bar redrawn, fetching every second, p50',
        value: percentile(samples, 0.5),
        unit: 'ms',
      },
      {
        name: 'ticket created to bar redrawn, fetching every second, p95',
        value: p95,
        unit: 'ms',
        target: `≤ ${TARGET_MS} ms`,
        met: p95 <= TARGET_MS,
      },
    ]
  } finally {
    await browser.close()
    await server.stop()
    await app.stop()
    await logging.close()
    await rm(dataDir, { recursive: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
