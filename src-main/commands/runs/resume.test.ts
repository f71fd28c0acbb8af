import { beforeAll, describe, expect, test } from 'vitest'
import { runLabel } from '../../generator/marks.ts'
import { onceEach } from '../../../test-support/generator/generator.ts'
import {
  openTestWorkspace,
  type TestCommand,
  type TestWorkspace,
} from '../../../test-support/commands/workspace.ts'

const COUNT = 30
/** Six seconds, in which there is time to kill. */
const CREATE = ['create-tickets', '--count', String(COUNT), '--minutes', '0.1', '--profile', 'even']
/** A line at each tenth: at least three tickets are there, and many are to come. */
const UNDER_WAY = /Creating [3-9]\/30/
/** Twenty seconds, in which also another process comes up, however busy the machine is. */
const CREATE_SLOWLY = [...CREATE, '--minutes', '0.33']

const MANY = 100
/** Twenty seconds, for a run that is not waited for. */
const CREATE_MANY = ['create-tickets', '--count', String(MANY), '--minutes', '0.33', '--profile', 'even']
const MANY_UNDER_WAY = /Creating \d\d\/100/

let workspace: TestWorkspace
beforeAll(async () => void (workspace = await openTestWorkspace()))

async function kill(command: TestCommand): Promise<void> {
  command.process.kill('SIGKILL')
  expect(await command.ended).toBeNull()
}

function runIdOf(stdout: string): string {
  return /Run (\w+)/.exec(stdout)?.[1] ?? 'none'
}

/** The last run, as it is listed. */
async function runs(): Promise<{ run: string; missed: number }[]> {
  const { stdout } = await workspace.cli.run(['runs', '--json', '--limit', '1'])
  return (JSON.parse(stdout) as { runs: { run: string; missed: number }[] }).runs
}

async function lastRun(): Promise<string> {
  return (await runs())[0]?.run ?? 'none'
}

function truthOf(run: string): Promise<unknown[]> {
  return workspace.sandbox.truth(runLabel(run))
}

describe('a run whose process is killed', { timeout: 150_000 }, () => {
  test('goes on by resume in another process, and every ticket is made once', async () => {
    const worker = workspace.start(CREATE)
    await worker.says(UNDER_WAY)
    await kill(worker)
    const listed = await workspace.cli.run(['runs'])
    expect(listed.stdout).toMatch(/^run +when +project +profile +seed +planned +created +not made +state\n/)
    expect(listed.stdout).toMatch(/\w{8} .* TPM +even +\d+ +30 +\d+ +0 {2}broken\n/)
    expect((await truthOf(await lastRun())).length).toBeLessThan(COUNT)

    const resumed = await workspace.cli.run(['resume', '--missed', 'catch-up'])
    expect(resumed).toMatchObject({ code: 0 })
    expect(resumed.stderr).toContain('Creating 30/30')
    expect(resumed.stdout).toContain('30 of 30 tickets created.')
    expect(await workspace.ticketsBySlot(runIdOf(resumed.stdout))).toEqual(onceEach(COUNT))

    const again = await workspace.cli.run(['resume', '--json'])
    expect(again).toMatchObject({ code: 0 })
    expect(JSON.parse(again.stdout)).toMatchObject({ planned: COUNT, created: COUNT })
  })

  test('is taken over by a resume that stood by, and every ticket is made once', async () => {
    const worker = workspace.start(CREATE_SLOWLY)
    await worker.says(UNDER_WAY)
    const standBy = workspace.start(['resume'])
    await standBy.says(/works on run \w+: \d+ of 30\. This one takes over if that ends\./)
    await kill(worker)
    await standBy.says(/It has ended at \d+ of 30\. This one takes over the rest\./)
    expect(await standBy.ended).toBe(0)
    expect(await workspace.ticketsBySlot(runIdOf(standBy.stdout()))).toEqual(onceEach(COUNT))
  })

  test('is worked on by one of two that resume it; the other says so, and takes over in its turn', async () => {
    const worker = workspace.start(CREATE_SLOWLY)
    await worker.says(UNDER_WAY)
    await kill(worker)
    const both = [workspace.start(['resume']), workspace.start(['resume'])]
    const waits = /works on run/
    const standBy = await Promise.any(both.map(async (one) => one.says(waits).then(() => one)))
    const second = both.find((one) => one !== standBy)
    expect(second?.stderr()).not.toMatch(waits)
    if (second !== undefined) await kill(second)
    expect(await standBy.ended).toBe(0)
    expect(await workspace.ticketsBySlot(runIdOf(standBy.stdout()))).toEqual(onceEach(COUNT))
  })
})

describe('a run that another process works on', { timeout: 150_000 }, () => {
  test('is paused by pause, whose number of tickets is exact, and goes on by resume', async () => {
    const worker = workspace.start(CREATE)
    await worker.says(UNDER_WAY)
    const paused = await workspace.cli.run(['pause', '--json'])
    expect(paused).toMatchObject({ code: 0 })
    const { run, state, created } = JSON.parse(paused.stdout) as {
      run: string
      state: string
      created: number
    }
    expect(state).toBe('paused')
    expect(await worker.ended).toBe(1)
    expect(worker.stderr()).toMatch(/\nIt was paused\. jira-tpm resume goes on with it\.\n/)
    expect(await truthOf(run)).toHaveLength(created)

    const resumed = await workspace.cli.run(['resume', '--run', run, '--missed', 'shift'])
    expect(resumed).toMatchObject({ code: 0 })
    expect(await workspace.ticketsBySlot(run)).toEqual(onceEach(COUNT))
  })

  test('is stopped by stop for good: a stand-by ends with it, and nothing resumes it', async () => {
    const worker = workspace.start(CREATE_MANY)
    await worker.says(MANY_UNDER_WAY)
    const standBy = workspace.start(['resume'])
    await standBy.says(/works on run/)
    const stopped = await workspace.cli.run(['stop'])
    expect(stopped).toMatchObject({ code: 0 })
    expect(stopped.stdout).toMatch(/Run \w+ is stopped for good: \d+ of 100 tickets are created\.\n/)
    expect([await worker.ended, await standBy.ended]).toEqual([1, 1])
    const { length } = await truthOf(runIdOf(stopped.stdout))
    expect(stopped.stdout).toContain(` ${length} of ${MANY}`)

    const resumed = await workspace.cli.run(['resume'])
    expect(resumed).toMatchObject({ code: 1, stdout: '' })
    expect(resumed.stderr).toContain('stopped')
    const again = await workspace.cli.run(['stop', '--run', runIdOf(stopped.stdout)])
    expect(again).toMatchObject({ code: 1, stdout: '' })
    expect(again.stderr).toMatch(/There is no run to stop: run \w+ was stopped\./)
    expect(await runs()).toMatchObject([
      { state: 'stopped', planned: MANY, created: length, seed: expect.any(Number) },
    ])
  })

  test('Ctrl-C ends a stand-by, and not the run', async () => {
    const worker = workspace.start(CREATE_MANY)
    await worker.says(MANY_UNDER_WAY)
    const standBy = workspace.start(['resume'])
    await standBy.says(/works on run/)
    standBy.process.kill('SIGINT')
    expect(await standBy.ended).toBe(130)
    expect(standBy.stderr()).toMatch(/Run \w+ goes on/)
    const run = await lastRun()
    const { length } = await truthOf(run)
    await expect.poll(() => truthOf(run), { timeout: 45_000 }).not.toHaveLength(length)
    await workspace.cli.run(['stop'])
    expect(await worker.ended).toBe(1)
  })
})

describe('tickets whose time has passed', { timeout: 150_000 }, () => {
  test('on a terminal the person chooses what becomes of them', async () => {
    await pauseUntilMissed()
    const asked = await workspace.cli.run(['resume'], {
      isTTY: true,
      answers: [[/should have been made meanwhile/, '\u001B']],
    })
    expect(asked).toMatchObject({ code: 130, stdout: '' })
    expect(asked.stderr).toContain('The run stays as it is.')

    const skipped = await workspace.cli.run(['resume', '--json'], {
      isTTY: true,
      answers: [[/should have been made meanwhile/, '\u001B[B\r']],
    })
    expect(skipped).toMatchObject({ code: 1 })
    const { run, created } = JSON.parse(skipped.stdout) as { run: string; created: number }
    expect(created).toBeLessThan(COUNT)
    expect(await truthOf(run)).toHaveLength(created)
    expect(skipped.stderr).toContain('left out')
  })

  test('elsewhere they are made up for, and it is said', async () => {
    await pauseUntilMissed()
    const resumed = await workspace.cli.run(['resume'])
    expect(resumed).toMatchObject({ code: 0 })
    expect(resumed.stderr).toContain('--missed catch-up')
    expect(await workspace.ticketsBySlot(runIdOf(resumed.stdout))).toEqual(onceEach(COUNT))
  })
})

/** A run that was paused, and has missed some of its tickets since. */
async function pauseUntilMissed(): Promise<void> {
  const worker = workspace.start(CREATE)
  await worker.says(UNDER_WAY)
  await workspace.cli.run(['pause'])
  await worker.ended
  await expect.poll(async () => (await runs())[0]?.missed, { timeout: 45_000 }).toBeGreaterThan(2)
}
