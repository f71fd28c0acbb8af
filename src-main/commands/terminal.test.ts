import { describe, expect, onTestFinished, test } from 'vitest'
import { onceEach } from '../../test-support/generator/generator.ts'
import { openTokens } from '../../test-support/tokens/open-tokens.ts'
import { KEY, startTerminal, whyNoTerminal, type TestTerminal } from '../../test-support/commands/terminal.ts'
import { openTestWorkspace, type TestWorkspace } from '../../test-support/commands/workspace.ts'

const noTerminal = whyNoTerminal()
if (noTerminal !== null) console.warn(`SKIPPED: nothing is tested on a real terminal: ${noTerminal}.`)

const COUNT = 30
const CREATE = ['create-tickets', '--count', String(COUNT), '--minutes', '0.1', '--profile', 'even']
const UNDER_WAY = /[3-9]\/30/

function start(
  { cwd, env }: TestWorkspace,
  argv: readonly string[],
  options: { columns?: number; rows?: number; env?: Record<string, string> } = {},
): TestTerminal {
  return startTerminal({ argv, cwd, ...options, env: { ...env, ...options.env } }, onTestFinished)
}

/** Starts a run of six seconds from the menu. */
async function startRun(terminal: TestTerminal): Promise<void> {
  const answers = [
    [/What would you like/, KEY.enter],
    [/How shall the tickets arrive/, KEY.down + KEY.enter],
    [/How many/, `\u0015${COUNT}${KEY.enter}`],
    [/Over how many/, `\u00150.1${KEY.enter}`],
    [/Which priorities/, KEY.enter],
    [/How fast/, KEY.down + KEY.enter],
    [/Shall it begin/, KEY.enter],
  ] as const
  for (const [question, answer] of answers) {
    await terminal.shows(question)
    terminal.type(answer)
  }
  await terminal.shows(UNDER_WAY)
}

async function lastRun({ cli }: TestWorkspace): Promise<{ run: string; state: string; created: number }> {
  const { stdout } = await cli.run(['runs', '--json', '--limit', '1'])
  const [run] = (JSON.parse(stdout) as { runs: { run: string; state: string; created: number }[] }).runs
  if (run === undefined) throw new Error('there is no run')
  return run
}

describe.skipIf(noTerminal !== null)('on a real terminal', { timeout: 150_000 }, () => {
  test('Ctrl-C in the middle of a run from the menu pauses it; a resume makes the rest, every ticket once', async () => {
    const workspace = await openTestWorkspace()
    const menu = start(workspace, [])
    await startRun(menu)
    menu.type(KEY.ctrlC)
    expect(await menu.ended).toBe(130)
    expect(menu.screen.all()).toMatch(/Run \w+ is paused: \d+ of 30 tickets are created\. jira-tpm\s+resume/)
    const { run, state, created } = await lastRun(workspace)
    expect(state).toBe('paused')
    expect(await workspace.sandbox.truth()).toHaveLength(created)

    const resume = start(workspace, ['resume'])
    await resume.shows(/should have been made meanwhile|\d\/30/)
    resume.type(KEY.enter)
    expect(await resume.ended).toBe(0)
    expect(resume.screen.all()).toContain('30 of 30 tickets created.')
    expect(resume.screen.all()).toMatch(/jira-tpm fetch-tickets and then jira-tpm\s+audit/)
    expect(await workspace.ticketsBySlot(run)).toEqual(onceEach(COUNT))
  })

  test('Ctrl-C at a question of the menu leaves it on the screen once', async () => {
    const menu = start(await openTestWorkspace(), [], { columns: 40 })
    await menu.shows(/What would you like/)
    menu.type(KEY.enter)
    await menu.shows(/How shall the tickets arrive/)
    menu.type(KEY.ctrlC)
    expect(await menu.ended).toBe(130)
    expect(menu.screen.all().match(/How shall the tickets arrive/g)).toHaveLength(1)
    expect(menu.screen.all()).toMatch(/Goodbye\.$/)
  })

  test('plot-data shows an admin’s link there, which is in the list, opens once, and is followed by no other', async () => {
    const workspace = await openTestWorkspace()
    const served = start(workspace, ['plot-data', '--port', '0'], { columns: 120 })
    await served.shows(/#code=[\w-]{43}\s[\s\S]*Ctrl-C ends it/)
    expect(served.screen.all().replaceAll(/\s+/g, ' ')).toContain('within 15 minutes; for another: jira-tpm')
    const [, url = '', code = ''] =
      /(http:\/\/127\.0\.0\.1:\d+)\/#code=([\w-]{43})\s/.exec(served.screen.all()) ?? []
    const list = async (): Promise<Record<string, unknown>[]> => {
      const { stdout } = await workspace.cli.run(['token', 'list', '--json'])
      return (JSON.parse(stdout) as { tokens: Record<string, unknown>[] }).tokens
    }
    const [link] = await list()
    const { tokens, close } = await openTokens(workspace.cli.dataDir)
    const [made] = await tokens.list()
    await close()
    expect((made?.link?.untilMs ?? 0) - (made?.createdMs ?? 0)).toBe(15 * 60_000)
    expect(link).toMatchObject({ kind: 'link', scope: 'admin', state: 'not opened' })
    const trade = (): Promise<Response> =>
      fetch(`${url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
      })
    const cookie = (await trade()).headers.get('set-cookie')?.split(';')[0] ?? ''
    expect((await trade()).status).toBe(401)
    expect(await list()).toMatchObject([{ id: link?.['id'], state: 'opened' }])
    const session = (): Promise<Response> => fetch(`${url}/api/session`, { headers: { cookie } })
    expect((await session()).status).toBe(200)
    await workspace.cli.run(['token', 'revoke', String(link?.['id'])])
    await expect.poll(async () => (await session()).status).toBe(401)
    expect(served.screen.all().match(/#code=/g)).toHaveLength(1)
    served.type(KEY.ctrlC)
    expect(await served.ended).toBe(0)
  })

  test('plot-data shows a link there that opens while the store is away', async () => {
    const workspace = await openTestWorkspace()
    const env = { ...workspace.env, DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none' }
    const served = start({ ...workspace, env }, ['plot-data', '--port', '0'], { columns: 200 })
    await served.shows(/#code=[\w-]{43}\s[\s\S]*Ctrl-C ends it/)
    const [, url = '', code = ''] = /(http:\S+)\/#code=([\w-]{43})\s/.exec(served.screen.all()) ?? []
    const trade = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
    expect(trade.status).toBe(200)
    served.type(KEY.ctrlC)
    expect(await served.ended).toBe(0)
  })

  test('a result is wrapped at words', async () => {
    const workspace = await openTestWorkspace()
    const two = ['--count', '2', '--minutes', '0.1', '--profile', 'even', '--weights', 'High=1']
    await workspace.cli.run(['create-tickets', ...two])
    await workspace.cli.run(['fetch-tickets'])
    const audit = start(workspace, ['audit'], { columns: 40 })
    expect(await audit.ended).toBe(0)
    expect(audit.screen.all().replaceAll(/\s+/g, ' ')).toContain(
      'all 2 tickets were made, and the 2 tickets that are watched are in Jira, in the store and in the chart.',
    )
    expect(audit.screen.all()).toMatch(/^ {2}fetched +2$/m)
  })

  test('create-tickets shows a bar; Ctrl-C pauses the run, and says how to go on', async () => {
    const workspace = await openTestWorkspace()
    const create = start(workspace, CREATE)
    await create.shows(/Creating █+░+ [3-9]\/30, \d+ %, \d s left, late p95 \d+ ms/)
    create.type(KEY.ctrlC)
    expect(await create.ended).toBe(130)
    expect(create.screen.all()).toMatch(
      /Run \w+ is paused: \d+ of 30 tickets are created\. jira-tpm\s+resume/,
    )
    // The bar is one line, however often it was drawn.
    expect(create.screen.all().match(/Creating/g)).toHaveLength(1)
  })

  test('a menu that is killed in the middle of a run: another one offers to resume it, every ticket once', async () => {
    const workspace = await openTestWorkspace()
    const menu = start(workspace, [])
    await startRun(menu)
    menu.kill()
    await menu.ended
    const second = start(workspace, [], { columns: 120, rows: 40 })
    await second.shows(/● Resume run \w+ \(\d+ of 30, broken\)/)
    second.type(KEY.enter)
    await second.shows(/What becomes of|\d\/30/)
    second.type(KEY.enter)
    await second.shows(/30 of 30 tickets created\.[\s\S]*Any key: menu/)
    second.type(KEY.enter)
    await second.shows(/Any key: menu\.?\s*$|What would you like to do\?[\s\S]*● Create/)
    const { run } = await lastRun(workspace)
    expect(await workspace.ticketsBySlot(run)).toEqual(onceEach(COUNT))
    second.type(KEY.escape)
    expect(await second.ended).toBe(0)
  })

  test('counts --watch is drawn over in place, at every size, as tickets come; Ctrl-C ends it', async () => {
    const workspace = await openTestWorkspace()
    const watch = start(workspace, ['counts', '--watch'], { rows: 60 })
    await watch.shows(/No High or Highest tickets[\s\S]*Ctrl-C ends it/)
    expect(watch.screen.all().match(/Ctrl-C ends it/g)).toHaveLength(1)

    const shown = (): string[] | null => watch.screen.text().match(/^\d+ ticket|ends it/gm)
    const patience = { timeout: 45_000 }
    await addTicket(workspace, 'High')
    await expect.poll(shown, patience).toEqual(['1 ticket', 'ends it'])
    for (const size of [
      { columns: 40, rows: 60 },
      { columns: 120, rows: 60 },
      { columns: 60, rows: 14 },
    ]) {
      watch.resize(size)
      await expect.poll(shown, patience).toEqual(['1 ticket', 'ends it'])
      expect(Math.max(...watch.screen.lines().map((line) => line.length))).toBeLessThan(size.columns)
    }
    await addTicket(workspace, 'Highest')
    await expect.poll(shown, patience).toEqual(['2 ticket', 'ends it'])
    watch.type(KEY.ctrlC)
    expect(await watch.ended).toBe(0)
  })

  test.each([
    ['a locale without UTF-8', { LANG: 'C' }],
    ['the console of Linux', { TERM: 'linux' }],
    ['a terminal that cannot be drawn over', { TERM: 'dumb' }],
  ])('%s: the menu in plain characters', async (_what, env: Record<string, string>) => {
    const workspace = await openTestWorkspace()
    const menu = start(workspace, [], { columns: 40, env })
    await menu.shows(/What would you like to do\?[\s\S]*Quit/)
    menu.type(KEY.down + KEY.down + KEY.enter)
    await menu.shows(/Which chart|Any key: menu/)
    menu.type(KEY.enter)
    await menu.shows(/(No High or Highest tickets|Not fetched)[\s\S]*Any key: menu/)
    expect(menu.screen.all()).toMatch(/^[\x20-\x7E\n]*$/)
    expect(Math.max(...menu.screen.lines().map((line) => line.length))).toBeLessThanOrEqual(40)
    menu.type(KEY.ctrlC)
    expect(await menu.ended).toBe(130)
  })
})

async function addTicket({ sandbox }: TestWorkspace, priority: string): Promise<void> {
  await sandbox.add({
    project: { key: 'TPM' },
    issuetype: { name: 'Task' },
    priority: { name: priority },
    summary: 'A ticket',
  })
}
