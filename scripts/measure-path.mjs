// How many modules of ours one ticket passes, from the slot that is due to the bar that is drawn:
//   node scripts/measure-path.mjs [REVISION]
// Builds a copy of the revision (default: the working tree's HEAD) with source maps, serves its dashboard, lets a run make
// tickets in the sandbox, and asks V8 of both processes which functions ran between one drawn ticket and the next. A
// module counts when one of its functions ran. The sandbox is Jira, and does not count.
import './require-node.mjs'
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import { SourceMap } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright'
import { WebSocket } from 'ws'
import { cleanEnv } from '../e2e/fixtures/clean-env.ts'
import { findChromium } from '../e2e/fixtures/chromium.ts'
import { root } from './build-if-stale.mjs'

const SLOTS = { count: 8, minutes: 1.6, profile: 'even', weights: { High: 1 } } // one each twelve seconds
const revision = process.argv[2] ?? 'HEAD'
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'jira-tpm-path-'))
try {
  const copy = buildCopy(path.join(temporary, 'copy'))
  const modules = await measure(copy, path.join(temporary, 'data'))
  for (const [side, names] of Object.entries(modules)) {
    console.log(`${side}: ${names.length} modules`)
    for (const name of names) console.log(`  ${name}`)
  }
  const all = new Set(Object.values(modules).flat())
  console.log(`${all.size} modules from due slot to drawn bar, at ${revision}`)
} finally {
  fs.rmSync(temporary, { recursive: true, maxRetries: 5 })
}

function buildCopy(folder) {
  fs.mkdirSync(folder)
  const archive = execFileSync('git', ['archive', revision], { cwd: root, maxBuffer: 1e9 })
  execFileSync('tar', ['x', '-C', folder], { input: archive })
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  execFileSync(
    process.execPath,
    ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--sourcemap'],
    {
      cwd: folder,
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  return folder
}

async function measure(copy, dataDir) {
  fs.mkdirSync(dataDir)
  const cli = path.join(copy, 'out', 'main', 'cli.js')
  const common = ['--data-dir', dataDir, '--jira', 'sandbox']
  const env = { ...cleanEnv(), NODE_ENV: 'production' }
  const server = spawn(
    process.execPath,
    ['--inspect=127.0.0.1:0', cli, 'plot-data', '--port', '0', ...common],
    {
      cwd: dataDir,
      env,
    },
  )
  const printed = (pattern) =>
    new Promise((resolve, reject) => {
      let text = ''
      const read = (chunk) => {
        text += chunk
        const found = pattern.exec(text)?.[1]
        if (found !== undefined) resolve(found)
      }
      server.stdout.on('data', read)
      server.stderr.on('data', read)
      server.on('exit', () => reject(new Error(`The dashboard ended:\n${text}`)))
    })
  const waiting = Promise.all([printed(/listening on (ws:\S+)/), printed(/The dashboard: (http:\S+)/)])
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
  try {
    const [inspector, url] = await waiting
    const link = url.includes('#') ? url : oneTimeLink(cli, dataDir, env) // earlier revisions print one
    const page = await browser.newPage()
    await page.goto(link)
    await page.locator('.barlayer').first().waitFor({ state: 'attached' })
    const call = (method, params = {}) =>
      page.evaluate(
        async ([name, body]) => {
          const headers = { 'content-type': 'application/json' }
          const answer = await fetch(`/api/${name}`, { method: 'POST', headers, body: JSON.stringify(body) })
          return answer.json()
        },
        [method, params],
      )
    await call('runs.stop') // the demo workspace's own
    const main = await coverageOf(await openInspector(inspector))
    const window = await coverageOf(await page.context().newCDPSession(page))
    const started = await call('runs.start', SLOTS)
    if (started.ok === false || started.error) throw new Error(JSON.stringify(started))
    const drawn = () =>
      page.evaluate(() => {
        const { resolve, promise } = Promise.withResolvers()
        const observer = new MutationObserver(() => resolve(observer.disconnect()))
        // Plotly gives a bar that grows a new outline.
        const options = { subtree: true, childList: true, attributes: true, attributeFilter: ['d'] }
        observer.observe(document.querySelector('.barlayer'), options)
        return promise
      })
    await drawn()
    await drawn() // both have run all that runs once
    await Promise.all([main.take(), window.take()])
    await drawn()
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    )
    const [mainRan, windowRan] = await Promise.all([main.take(), window.take()])
    const inMain = path.join(copy, 'out', 'main')
    const inWindow = path.join(copy, 'out', 'renderer')
    return {
      core: modulesOf(mainRan, (address) => address.startsWith('file:') && fileIn(inMain, address), copy),
      window: modulesOf(windowRan, (address) => path.join(inWindow, new URL(address).pathname), copy),
    }
  } finally {
    await browser.close()
    server.removeAllListeners('exit')
    server.kill('SIGKILL')
  }
}

function oneTimeLink(cli, dataDir, env) {
  const args = [cli, 'token', 'link', '--scope', 'admin', '--json', '--data-dir', dataDir]
  const { link } = JSON.parse(execFileSync(process.execPath, args, { cwd: dataDir, env, encoding: 'utf8' }))
  return link
}

function fileIn(folder, address) {
  const file = new URL(address).pathname
  return file.startsWith(folder) ? file : undefined
}

/** A session of the Chrome DevTools protocol with a Node process. */
async function openInspector(address) {
  const socket = new WebSocket(address)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const waiting = new Map()
  socket.on('message', (text) => {
    const { id, result } = JSON.parse(text)
    waiting.get(id)?.(result)
    waiting.delete(id)
  })
  let last = 0
  return {
    send: (method, params = {}) =>
      new Promise((resolve) => {
        waiting.set(++last, resolve)
        socket.send(JSON.stringify({ id: last, method, params }))
      }),
  }
}

/** What V8 counts. `take` gives the functions that ran since it was last asked, by script. */
async function coverageOf(session) {
  await session.send('Profiler.enable')
  await session.send('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  return {
    async take() {
      const { result } = await session.send('Profiler.takePreciseCoverage')
      return result.map(({ url, functions }) => ({
        url,
        starts: functions
          .filter(({ ranges }) => ranges[0].count > 0)
          .map(({ ranges }) => ranges[0].startOffset),
      }))
    },
  }
}

/** The modules, by their path from the root, in which the functions were written. */
function modulesOf(scripts, fileOf, copy) {
  const found = new Set()
  for (const { url, starts } of scripts) {
    const file = url !== '' && fileOf(url)
    if (!file || !fs.existsSync(`${file}.map`)) continue
    const map = new SourceMap(JSON.parse(fs.readFileSync(`${file}.map`, 'utf8')))
    const lineStarts = [0]
    for (const { index } of fs.readFileSync(file, 'utf8').matchAll(/\n/g)) lineStarts.push(index + 1)
    for (const start of starts) {
      const line = lineStarts.findLastIndex((lineStart) => lineStart <= start)
      const { originalSource } = map.findEntry(line, start - lineStarts[line])
      if (originalSource === undefined) continue
      const name = path.relative(copy, path.resolve(path.dirname(file), originalSource))
      if (/^(src-|packages)/.test(name) && !/sandbox\/|sandbox-site/.test(name)) found.add(name)
    }
  }
  return [...found].toSorted((a, b) => a.localeCompare(b))
}
