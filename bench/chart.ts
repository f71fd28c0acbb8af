import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Page } from 'playwright'
import { build, type InlineConfig } from 'vite'
import { findChromium } from '../e2e/fixtures/chromium.ts'
import { MAX_START_KB, MAX_WITH_PLOTLY_KB, rendererWeight } from '../e2e/fixtures/renderer-weight.ts'
import { projectFile } from '../src-main/runtime/project-files.ts'
import { atMost, percentile, type BenchResult } from './bench.ts'

const WARM_UP = 30
const UPDATES = 200
/** Plotly's own caches are full by then. */
const HEAP_WARM_UP = 500
const HEAP_REPEATS = 2_000
const SPANS = [
  { minutes: 60, targetMs: 40 },
  { minutes: 1_440, targetMs: 120 },
]
/** What is over the bars, and how much longer it may take. */
const OVER = [
  { over: 'nothing', share: 1 },
  { over: 'run', share: 1.5 },
  { over: 'day before and split', share: 1.5 },
] as const
type Over = (typeof OVER)[number]['over']
/** Of bars in the colours of a split. */
const MOST_MARKS = 1_500
const HEAP_TARGET_MB = 1
const MOVE_TARGET_MS = 20
const MB = 1024 * 1024

/** What the page of `chart.html` offers: see `chart-page.tsx`. */
interface ChartPage {
  readonly chartBench: {
    show(minutes: number, over: Over): Promise<number>
    update(): Promise<number>
    move(): Promise<number>
  }
}

/** From an increment to painted bars, what 2,000 of them leave on the heap, and how large the window's files are. */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  await buildPage(folder)
  const server = await serve(folder)
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } })
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/bench/chart.html`)
    await page.waitForFunction(() => 'chartBench' in window)
    const results: BenchResult[] = []
    for (const { minutes, targetMs } of SPANS) {
      for (const { over, share } of OVER)
        results.push(...(await paintTimes(page, { minutes, targetMs: targetMs * share, over })))
    }
    results.push(...(await moveTimes(page)))
    for (const kind of ['update', 'move'] as const) results.push(await heapGrowth(page, kind))
    return [...results, ...(await weights())]
  } finally {
    await browser.close()
    server.close()
    await rm(folder, { recursive: true })
  }
}

async function paintTimes(
  page: Page,
  { minutes, targetMs, over }: { minutes: number; targetMs: number; over: Over },
): Promise<BenchResult[]> {
  const marks = await page.evaluate(
    ([count, what]) => (window as unknown as ChartPage).chartBench.show(count, what),
    [minutes, over] as const,
  )
  await repeat(page, 'update', WARM_UP)
  const times = await repeat(page, 'update', UPDATES)
  const p95 = percentile(times, 0.95)
  const by = over === 'day before and split' ? '6 projects' : '2 priorities'
  const what = {
    nothing: '',
    run: ' and the outline of a run',
    'day before and split': ' and the day before',
  }
  const name = `chart update to paint, ${minutes} minutes by ${by}${what[over]}`
  return [
    ...(over === 'day before and split'
      ? [atMost(MOST_MARKS, { name: `marks drawn of ${minutes} minutes by ${by}`, value: marks, unit: '' })]
      : []),
    { name: `${name}, p50`, value: percentile(times, 0.5), unit: 'ms' },
    { name: `${name}, p95`, value: p95, unit: 'ms', target: `≤ ${targetMs} ms`, met: p95 <= targetMs },
  ]
}

/** From a minute that begins to the bars that stand one further to the left, of the hour that a window shows by itself. */
async function moveTimes(page: Page): Promise<BenchResult[]> {
  await page.evaluate(() => (window as unknown as ChartPage).chartBench.show(60, 'nothing'))
  await repeat(page, 'move', WARM_UP)
  const times = await repeat(page, 'move', UPDATES)
  const name = 'moving an hour one minute on to paint'
  return [
    { name: `${name}, p50`, value: percentile(times, 0.5), unit: 'ms' },
    atMost(MOVE_TARGET_MS, { name: `${name}, p95`, value: percentile(times, 0.95), unit: 'ms' }),
  ]
}

function repeat(page: Page, kind: 'update' | 'move', times: number): Promise<number[]> {
  return page.evaluate(
    async ([what, count]) => {
      const { chartBench } = window as unknown as ChartPage
      const taken: number[] = []
      for (let i = 0; i < count; i++) taken.push(await chartBench[what]())
      return taken
    },
    [kind, times] as const,
  )
}

async function heapGrowth(page: Page, kind: 'update' | 'move'): Promise<BenchResult> {
  await page.evaluate(() => (window as unknown as ChartPage).chartBench.show(60, 'nothing'))
  await repeat(page, kind, HEAP_WARM_UP)
  const before = await heapBytes(page)
  await repeat(page, kind, HEAP_REPEATS)
  const grownMb = ((await heapBytes(page)) - before) / MB
  return {
    name: `heap growth over ${HEAP_REPEATS} ${kind === 'update' ? 'updates' : 'moves of the span'}`,
    value: grownMb,
    unit: 'MB',
    target: `≤ ${HEAP_TARGET_MB} MB`,
    met: grownMb <= HEAP_TARGET_MB,
  }
}

async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize
}

async function weights(): Promise<BenchResult[]> {
  const { start, plotly, all } = await rendererWeight()
  return [
    atMost(MAX_START_KB, { name: 'renderer at its start, before Plotly, gzip', value: start, unit: 'kB' }),
    atMost(MAX_WITH_PLOTLY_KB, {
      name: 'renderer at its start, with Plotly, gzip',
      value: start + plotly,
      unit: 'kB',
    }),
    { name: 'renderer, all JavaScript and CSS, gzip', value: all, unit: 'kB' },
  ]
}

/** Builds the bench's page as the window is built. */
async function buildPage(outDir: string): Promise<void> {
  const file = projectFile('electron.vite.config.ts')
  const { default: config } = (await import(file)) as { default: { renderer: InlineConfig } }
  await build({
    ...config.renderer,
    configFile: false,
    logLevel: 'error',
    root: projectFile(),
    build: {
      outDir,
      emptyOutDir: true,
      minify: true,
      rolldownOptions: { input: projectFile('bench', 'chart.html') },
    },
  })
}

async function serve(folder: string): Promise<Server> {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
  const server = createServer((request, response) => {
    const file = path.join(folder, new URL(request.url ?? '/', 'http://localhost').pathname)
    response.setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream')
    createReadStream(file)
      .on('error', () => response.writeHead(404).end())
      .pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
