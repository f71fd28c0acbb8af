import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { request } from 'node:http'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { root } from '../build-if-stale.mjs'
import { CLI, serverEnvironment, startDatabase, startFront } from './processes.mjs'
import { must, start, until } from './run.mjs'
import { freePort } from '../../test-support/free-port.ts'

const SANDBOX = path.join(root, 'packages/jira-sandbox/bin/jira-sandbox.mjs')

/** So long Caddy sends nothing to a server that did not answer: its fail_duration. */
const LEFT_OUT_MS = 3_000

/**
 * The servers of compose.production.yaml as processes of this machine: one that fetches, one that stands by, two edges
 * without a token of Jira, Caddy before them, a Jira (the sandbox) and PostgreSQL 18.
 */
export async function verifyTeam(folder, check) {
  mkdirSync(folder)
  const running = []
  try {
    const team = await startTeam(folder, running)
    const [here, there] = [await signedIn(team, 'edge-1'), await signedIn(team, 'edge-2')]
    await verifySessions(team, here, check)
    await verifyEdgeKilled(team, here, check)
    await verifyFetcherKilled(team, here, check)
    await verifyRevoked(team, [here, there], check)
    await verifyLockOut(team, there, check)
  } finally {
    for (const program of running.toReversed()) await program.stop()
  }
}

async function startTeam(folder, running) {
  const jira = start(process.execPath, [SANDBOX, '--json', '--history-tickets', '20'], { cwd: folder })
  const database = await startDatabase(folder)
  running.push(jira, database.server)
  const [said] = await jira.line(/\{[^]*"url"[^]*\}/)
  const { url: jiraUrl, user, apiToken: token } = JSON.parse(said)
  const url = `http://localhost:${await freePort()}`
  const members = {}
  const serve = async (name, flags) => {
    const place = path.join(folder, name)
    mkdirSync(place, { recursive: true })
    const port = members[name]?.port ?? (await freePort())
    const env = {
      ...serverEnvironment(place, { port, url, database }),
      JIRA_TPM_HOST: '127.0.0.1',
      JIRA_URL: jiraUrl,
      JIRA_USER: user,
      ...(flags.includes('--edge') ? { JIRA_API_KEY_FILE: '' } : { JIRA_API_KEY: token }),
    }
    const program = start(process.execPath, [CLI, 'serve', '--json', ...flags], { cwd: place, env })
    running.push(program)
    await program.line(/\{"url".*\}/)
    members[name] = { ...program, port, env, place, again: () => serve(name, flags) }
  }
  await serve('app', []) // the first has the lease: the other stands by
  await Promise.all([serve('standby', []), serve('edge-1', ['--edge']), serve('edge-2', ['--edge'])])
  const addresses = (...names) => names.map((name) => `127.0.0.1:${members[name].port}`).join(' ')
  const ports = { frontPort: Number(new URL(url).port), alivePort: await freePort() }
  const [upstream, fetchers] = [addresses('edge-1', 'edge-2'), addresses('app', 'standby')]
  running.push(await startFront({ upstream, fetchers, url, ...ports }))
  return { url, members }
}

/** A browser that came through the front end by a link which a member made. */
async function signedIn({ url, members }, name) {
  const { env, place } = members[name]
  const made = await must(process.execPath, [CLI, 'token', 'link', '--scope', 'admin', '--json'], {
    cwd: place,
    env,
  })
  const { id, link } = JSON.parse(made)
  const headers = { 'content-type': 'application/json', origin: url }
  const body = JSON.stringify({ code: new URL(link).hash.replace('#code=', '') })
  const answer = await fetch(`${url}/api/session`, { method: 'POST', headers, body })
  assert.equal(answer.status, 200, await answer.text())
  return { id, headers: { ...headers, cookie: answer.headers.get('set-cookie').split(';')[0] } }
}

const askOf =
  ({ url, members }, { headers }) =>
  async (method, params = {}, member = null) => {
    const options = { method: 'POST', headers, body: JSON.stringify(params) }
    if (member === null) return (await fetch(`${url}/api/${method}`, options)).json()
    return askMember(members[member].port, new URL(url).host, method, options)
  }

/** Past the front end, by the name that browsers use: fetch gives no other than the address's own. */
function askMember(port, host, method, { headers, body }) {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: `/api/${method}`,
      method: 'POST',
      headers: { ...headers, host },
    }
    const asked = request(options, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (more) => (text += more))
      answer.on('end', () => resolve(JSON.parse(text)))
    })
    asked.once('error', reject)
    asked.end(body)
  })
}

/** Resolves when it is open. `event` and `closed` come with the first event, and the end. */
async function openSocket({ url }, { headers: { cookie } }) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/events`, {
    headers: { cookie },
    origin: url,
  })
  const [event, closed] = [once(socket, 'message'), once(socket, 'close')]
  event.catch(() => {}) // it may end before
  await once(socket, 'open')
  return { event, closed, end: () => socket.terminate() }
}

async function verifySessions(team, session, check) {
  const ask = askOf(team, session)
  await check('team: a browser that came by one edge is known at both, and at those that fetch', async () => {
    for (const name of ['edge-1', 'edge-2', 'app', 'standby']) {
      // An edge that began before any server had fetched says so, and looks again.
      await until(`${name} answers the browser`, 30_000, async () => {
        const { ok, error } = await ask('session.get', {}, name)
        assert.ok(ok || error.code === 'jira-unreachable', `${name}: ${JSON.stringify(error)}`)
        return ok || null
      })
    }
  })
  await check(
    'team: an edge shows what another fetches; what takes a Jira goes to one that has it',
    async () => {
      const synced = () =>
        until('it was fetched', 30_000, async () => {
          const { result } = await ask('sync.status')
          return result?.lastSuccessMs && result.storedTickets > 0 ? true : null
        })
      await synced()
      const [refused, taken] = [await ask('sync.now', {}, 'edge-1'), await ask('sync.now')]
      assert.match(refused.error.message, /This server is an edge/)
      assert.ok(taken.ok, JSON.stringify(taken.error))
    },
  )
}

async function verifyEdgeKilled(team, session, check) {
  const goesOn = () => assertAnswered(team, session)
  await check(
    'team: an edge is killed: the next call is answered by the other, and the WebSocket comes again',
    async () => {
      const sockets = [await openSocket(team, session), await openSocket(team, session)]
      let ended = 0
      for (const { closed } of sockets) void closed.then(() => (ended += 1))
      await team.members['edge-1'].kill()
      await goesOn()
      await until('the sockets of the one that died end', 2_000, () => (ended > 0 ? true : null))
      assert.equal(ended, 1, 'the other one’s go on')
      const again = await openSocket(team, session)
      await again.event
      for (const socket of [...sockets, again]) socket.end()
    },
  )
  await check(
    'team: started anew it knows the browser, and answers when the other one is killed',
    async () => {
      await team.members['edge-1'].again()
      await team.members['edge-2'].kill()
      await goesOn()
      await team.members['edge-2'].again()
      await delay(LEFT_OUT_MS) // from here on both edges take part
    },
  )
}

/** Every call from the first one on; one with a body first, where this Caddy sends that again. */
async function assertAnswered(team, session) {
  const ask = askOf(team, session)
  const withBody = async () => (await ask('session.get')).ok
  const without = async () => (await fetch(`${team.url}/api/session`, { headers: session.headers })).ok
  const calls = (await repeatsBodies()) ? [withBody, without] : [without, withBody]
  for (const call of calls)
    for (let n = 1; n <= 10; n++) assert.ok(await call(), `${call.name}, call ${n} was not answered`)
}

/** Whether the Caddy here repeats a call with a body that met no server: from 2.11.2 on, as the image has it (caddy#7547). */
export async function repeatsBodies() {
  const [major, minor, patch] = (await must('caddy', ['version']))
    .replace(/^v/, '')
    .split(/[.\s]/)
    .map(Number)
  return major > 2 || minor > 11 || (minor === 11 && patch >= 2)
}

async function verifyFetcherKilled(team, session, check) {
  const ask = askOf(team, session)
  await check('team: the one that fetches is killed: the stand-by takes over', async () => {
    await team.members.app.kill()
    const killedMs = Date.now()
    await until('it was fetched since', 30_000, async () =>
      (await ask('sync.status')).result?.lastSuccessMs > killedMs ? true : null,
    )
    // A call with a body is not repeated by an older Caddy: it has to have found out by its own look at /health.
    if (!(await repeatsBodies())) await delay(LEFT_OUT_MS)
    const { ok, error } = await ask('sync.now')
    assert.ok(ok, JSON.stringify(error))
  })
}

async function verifyRevoked(team, [session, other], check) {
  await check(
    'team: a link that is revoked: its browser is refused by both edges within a second',
    async () => {
      const ask = askOf(team, session)
      const socket = await openSocket(team, session)
      const { env, place } = team.members['edge-2']
      await must(process.execPath, [CLI, 'token', 'revoke', session.id], { cwd: place, env })
      await Promise.all([
        socket.closed,
        ...['edge-1', 'edge-2'].map((name) =>
          until(`${name} refuses it`, 1_000, async () =>
            (await ask('session.get', {}, name)).ok ? null : true,
          ),
        ),
      ])
      assert.ok((await askOf(team, other)('session.get')).ok, 'another goes on')
    },
  )
}

async function verifyLockOut(team, session, check) {
  await check(
    'team: wrong codes are counted by the browser’s own address, whatever it says of it: 20 at each edge',
    async () => {
      const beganMs = Date.now()
      const wrong = { locked: 0, looked: 0 }
      for (let n = 0; n < 80; n++) {
        const status = await tryCode(team, `192.0.2.${n}`, '127.0.0.2')
        assert.ok([401, 429].includes(status), `it answered ${status}`)
        wrong[status === 429 ? 'locked' : 'looked'] += 1
      }
      const refilled = Math.ceil((Date.now() - beganMs) / 1_000)
      assert.ok(wrong.looked >= 40 && wrong.looked <= 40 + refilled, JSON.stringify(wrong))
      assert.equal(await tryCode(team, '127.0.0.2', '127.0.0.3'), 401, 'another address has tries of its own')
      assert.ok((await askOf(team, session)('session.get')).ok, 'who is known goes on')
    },
  )
}

/** A code that opens nothing, from an address of this machine. The status of the answer. */
function tryCode({ url }, forwarded, localAddress) {
  return new Promise((resolve, reject) => {
    const headers = {
      host: new URL(url).host,
      'content-type': 'application/json',
      'x-forwarded-for': forwarded,
    }
    const to = { host: '127.0.0.1', port: new URL(url).port, localAddress }
    const asked = request({ ...to, path: '/api/session', method: 'POST', headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode))
    })
    asked.once('error', reject)
    asked.end(JSON.stringify({ code: 'x'.repeat(43) }))
  })
}
