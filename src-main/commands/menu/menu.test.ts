import { describe, expect, test } from 'vitest'
import { onceEach } from '../../../test-support/generator/generator.ts'
import { createTestScreen } from '../../../test-support/print/screen.ts'
import type { CliResult } from '../../../test-support/commands/cli.ts'
import { openTestWorkspace, type TestWorkspace } from '../../../test-support/commands/workspace.ts'

const ENTER = '\r'
const ESCAPE = '\u001B'
const DOWN = '\u001B[B'
const UP = '\u001B[A'
const CTRL_C = '\u0003'
/** Puts another text into a field. */
const CLEAR = '\u0015'

const MENU = /What would you like to do\?/
type Answer = readonly [RegExp, string]

/** Goes to an item by its place below the first one, and chooses it. */
function item(place: number): Answer {
  return [MENU, `${(place < 0 ? UP : DOWN).repeat(Math.abs(place))}${ENTER}`]
}
const CREATE = item(0)
const FETCH = item(1)
const LEAVE: Answer = [MENU, ESCAPE]

/** Twenty tickets in six seconds of real time. */
const TWENTY: readonly Answer[] = [
  [/How shall the tickets arrive\?/, DOWN + ENTER],
  [/How many tickets\?/, `${CLEAR}20${ENTER}`],
  [/Over how many minutes\?/, `${CLEAR}0.1${ENTER}`],
  [/Which priorities/, ENTER],
  [/How fast/, DOWN + ENTER],
]
const START: Answer = [/Shall it begin\?/, ENTER]

const PATIENCE_MS = 100_000

interface Shown extends CliResult {
  /** What the person saw, from beginning to end. */
  readonly screen: string
}

async function menu(
  workspace: TestWorkspace,
  answers: readonly Answer[],
  env: Readonly<Record<string, string>> = {},
): Promise<Shown> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const result = await workspace.cli.run([], { isTTY: true, answers, env, signal })
  const screen = createTestScreen({ columns: 100, rows: 30 })
  screen.write(result.stderr)
  if (signal.aborted) throw new Error(`what the next answer waits for did not come:\n${screen.all()}`)
  return { ...result, screen: screen.all() }
}

describe('the menu', { timeout: 150_000 }, () => {
  test('creates what was asked for, after showing the plan, and audits it', async () => {
    const workspace = await openTestWorkspace()
    const { code, stdout, screen } = await menu(workspace, [
      CREATE,
      ...TWENTY,
      START,
      [/tickets created\.[\s\S]*Any key: menu/, ' '],
      item(4),
      [/Lateness[\s\S]*Any key: menu/, ' '],
      LEAVE,
    ])
    expect([code, stdout]).toEqual([0, ''])
    expect(screen).toContain('Open: the built-in sandbox, no real Jira. Tickets are kept in')
    expect(screen).toMatch(/The plan: 20 tickets in 0\.1 min, even, seed \d+/)
    expect(screen).toContain('20/20, 100 %')
    expect(screen).toContain('Nothing is lost: all 20 tickets were made')
    expect(screen).toMatch(/Goodbye\.$/)
    const [run] = await runsOf(workspace)
    expect(run).toMatchObject({ state: 'done', profile: 'even', planned: 20, created: 20 })
    // The sandbox's runs are of watched priorities where nothing else is said.
    const made = await workspace.sandbox.truth()
    expect(made.every(({ priorityId }) => priorityId === 1 || priorityId === 2)).toBe(true)
    expect(await workspace.ticketsBySlot(run?.run ?? '')).toEqual(onceEach(20))
  })

  test('Escape leads back: question by question, then to the menu, then out of it; nothing was made', async () => {
    const workspace = await openTestWorkspace()
    const { code, screen } = await menu(workspace, [
      CREATE,
      ...TWENTY,
      [/Shall it begin\?/, ESCAPE],
      CREATE,
      ...TWENTY.slice(0, 4),
      [/How fast/, ESCAPE],
      [/Which priorities/, ESCAPE],
      [/Over how many minutes\?/, ESCAPE],
      [/How many tickets\?/, ESCAPE],
      [/How shall the tickets arrive\?/, ESCAPE],
      LEAVE,
    ])
    expect(code).toBe(0)
    expect(screen).toContain('No ticket was made.')
    expect(await runsOf(workspace)).toEqual([])
    expect(await workspace.sandbox.truth()).toEqual([])
  })

  test('parts and a file to replay have a number and a length of their own; wrong ones are reported', async () => {
    const workspace = await openTestWorkspace()
    const { code, screen } = await menu(workspace, [
      CREATE,
      [/How shall the tickets arrive\?/, DOWN.repeat(5) + ENTER],
      [/Which parts\?/, `${CLEAR}nonsense${ENTER}`],
      [/nonsense/, `${CLEAR}1m@600,30s@120${ENTER}`],
      [/Which priorities/, ENTER],
      [/How fast/, UP + ENTER],
      [/Shall it begin\?/, DOWN + ENTER],
      [/Shall it begin\?/, ESCAPE],
      CREATE,
      [/How shall the tickets arrive\?/, DOWN.repeat(6) + ENTER],
      [/Which file\?/, `nowhere.csv${ENTER}`],
      [/nowhere\.csv is not there[\s\S]*How shall the tickets arrive\?/, ESCAPE],
      LEAVE,
    ])
    expect(code).toBe(0)
    expect(screen).toContain('600 times as fast')
    expect(screen).toMatch(/The plan: 11 tickets in 1\.5 min, 1m@600,30s@120, seed \d+/)
  })

  test('a run goes on while the person does something else, and its end is reported', async () => {
    const workspace = await openTestWorkspace()
    const { code, screen } = await menu(workspace, [
      CREATE,
      ...TWENTY,
      START,
      [/[1-9]\/20/, ESCAPE],
      FETCH,
      [MENU, UP.repeat(2) + ENTER], // the run stands above all others
      [/tickets created\.[\s\S]*Any key: menu/, ' '],
      LEAVE,
    ])
    expect(code).toBe(0)
    expect(screen).toMatch(/Run \w+ goes on\. Leaving the menu pauses it\./)
    expect(screen).toMatch(/Look at run \w+/)
    expect(screen).toContain('20 of 20 tickets created.')
  })

  test('pauses, resumes and stops a run, and cleans up after it', async () => {
    const workspace = await openTestWorkspace()
    const { code, screen } = await menu(workspace, [
      CREATE,
      ...TWENTY,
      START,
      [/[1-9]\/20/, 'p'],
      [/is paused[\s\S]*What would you like/, UP + ENTER], // Resume stands above all others
      [/What becomes of|[1-9]\/20/, DOWN + DOWN + ENTER],
      [/Esc: menu[\s\S]*[1-9]\d?\/20/, 's'],
      [/Stop run \w+ for good\?/, 'y'],
      item(5),
      [/Which run\?/, ENTER],
      [/Run \w+: \d+ of 20, stopped/, DOWN + ENTER],
      [/Delete \d+ ticket/, 'y'],
      [/deleted from[\s\S]*What would you like/, ESCAPE],
    ])
    expect(code).toBe(0)
    expect(screen).toMatch(/is paused: \d+ of 20 tickets are created/)
    expect(screen).toMatch(/is stopped for good: \d+ of 20 tickets are created/)
    expect(await workspace.sandbox.truth()).toEqual([])
    const [run] = await runsOf(workspace)
    expect(run).toMatchObject({ state: 'stopped', removed: run?.created })
  })

  test('Ctrl-C at a question ends it, a run under way being paused: exit 130, and says how to go on', async () => {
    const workspace = await openTestWorkspace()
    const { code, screen } = await menu(workspace, [
      CREATE,
      ...TWENTY,
      START,
      [/[1-9]\/20/, ESCAPE],
      [MENU, CTRL_C],
    ])
    expect(code).toBe(130)
    expect(screen).toMatch(/Run \w+ is paused: \d+ of 20 tickets are created\. jira-tpm resume goes on/)
    const resumed = await workspace.cli.run(['resume'])
    expect(resumed).toMatchObject({ code: 0 })
    const [run] = await runsOf(workspace)
    expect(await workspace.ticketsBySlot(run?.run ?? '')).toEqual(onceEach(20))
  })

  test('a run of another program goes on when the menu is left, and nothing else is said', async () => {
    const workspace = await openTestWorkspace()
    const worker = workspace.start([
      'create-tickets',
      '--count',
      '30',
      '--minutes',
      '0.1',
      '--profile',
      'even',
    ])
    await worker.says(/Creating [1-9]\/30/)
    const { code, screen } = await menu(workspace, [
      [/Look at run \w+[\s\S]*Quit/, ENTER],
      [/\d\/30[\s\S]*Esc: menu/, ESCAPE],
      LEAVE,
    ])
    expect(code).toBe(0)
    expect(screen).toMatch(/Run \w+ goes on\./)
    expect(screen).not.toContain('Leaving the menu pauses it')
    expect(await worker.ended).toBe(0)
  })

  test('leaving while a run is under way asks first; a no leads back', async () => {
    const workspace = await openTestWorkspace()
    const { code, screen } = await menu(workspace, [
      CREATE,
      ...TWENTY,
      START,
      [/[1-9]\/20/, ESCAPE],
      [MENU, ESCAPE],
      [/Pause it and leave\?/, 'n'],
      [MENU, ESCAPE],
      [/Pause it and leave\?/, 'y'],
    ])
    expect(code).toBe(0)
    expect(screen).toMatch(/Run \w+ is paused: \d+ of 20/)
    expect((await runsOf(workspace))[0]).toMatchObject({ state: 'paused' })
  })

  test('fetches, plots, and makes and drops the tables; an error is reported, and the menu goes on', async () => {
    const workspace = await openTestWorkspace()
    await workspace.sandbox.add({
      project: { key: 'TPM' },
      issuetype: { name: 'Task' },
      priority: { name: 'High' },
      summary: 'x',
    })
    const { code, screen } = await menu(workspace, [
      FETCH,
      [/Fetched 1 ticket[\s\S]*What would you like/, DOWN + ENTER],
      [/Which chart\?/, ENTER],
      [/1 ticket[\s\S]*Any key: menu/, ' '],
      [MENU, ENTER],
      [/Which chart\?/, DOWN + ENTER],
      [/Esc: menu/, ESCAPE],
      [MENU, DOWN.repeat(5) + ENTER],
      [/Drop the fetched tickets/, 'n'],
      [/Nothing was dropped[\s\S]*What would you like/, ENTER],
      [/Drop the fetched tickets/, 'y'],
      [/are dropped[\s\S]*What would you like/, UP.repeat(5) + ENTER],
      [/Which chart\?/, ENTER],
      [/create-table[\s\S]*What would you like/, DOWN.repeat(4) + ENTER],
      [/tables are made[\s\S]*What would you like/, ESCAPE],
    ])
    expect(code).toBe(0)
    expect(screen).toContain('Highest 0   █ High 1')
  })

  test('serves the dashboard until it is left', async () => {
    const workspace = await openTestWorkspace()
    let url = ''
    let health: unknown
    const controller = new AbortController()
    const running = workspace.cli.run([], {
      isTTY: true,
      signal: controller.signal,
      answers: [[MENU, DOWN.repeat(3) + ENTER]],
      onStderr(text) {
        url ||= /(http:\/\/127\.0\.0\.1:\d+)\/#code=/.exec(text)?.[1] ?? ''
      },
    })
    await expect.poll(() => url, { timeout: 45_000 }).not.toBe('')
    health = await (await fetch(`${url}/health`)).json()
    controller.abort()
    expect(await running).toMatchObject({ code: 130 })
    expect(health).toEqual({ ok: true })
    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed')
  })

  test('says that a Jira is a real one, naming it, and asks before it; after a no nothing was made', async () => {
    const workspace = await openTestWorkspace()
    const { url, email, apiToken } = workspace.address
    const { code, screen } = await menu(
      workspace,
      [
        CREATE,
        ...TWENTY.slice(0, 4),
        [/Create 20 tickets in TPM on [^?]+\?/, 'n'],
        [/No ticket was made[\s\S]*What would you like/, ESCAPE],
      ],
      { JIRA_URL: url, JIRA_USER: email, JIRA_API_KEY: apiToken, JIRA_PROJECT: 'TPM' },
    )
    expect(code).toBe(0)
    expect(screen).toContain(`Open: TPM in ${new URL(url).host}. Tickets are kept in`)
    expect(screen).not.toContain('built-in sandbox')
    expect(screen).not.toContain('How fast')
    expect(screen).toContain('The plan: 20 tickets')
    expect(await workspace.sandbox.truth()).toEqual([])
  })

  test('opens also where the Jira cannot be reached, and says so', async () => {
    const workspace = await openTestWorkspace()
    const env = {
      JIRA_URL: 'http://127.0.0.1:9',
      JIRA_USER: 'a@b.example',
      JIRA_API_KEY: 'x',
      JIRA_PROJECT: 'TPM',
    }
    const { code, screen } = await menu(workspace, [FETCH, [/▲|■[\s\S]*What would you like/, ESCAPE]], env)
    expect(code).toBe(0)
    expect(screen).toMatch(/127\.0\.0\.1:9/)
  })
})

interface ListedRun {
  readonly run: string
  readonly state: string
  readonly created: number
}

async function runsOf({ cli }: TestWorkspace): Promise<ListedRun[]> {
  const { stdout } = await cli.run(['runs', '--json'])
  return (JSON.parse(stdout) as { runs: ListedRun[] }).runs
}
