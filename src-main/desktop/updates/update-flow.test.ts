import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { Choice } from '../message-boxes.ts'
import { UpdateFlow, type Update } from './update-flow.ts'

const NEW: Update = { version: '2.0.0', notes: 'Bars are higher' }

/** Everything that the person saw and what was done, in order. */
let story: string[]
/** The buttons that the person presses; none left: the box is closed, which is the last button. */
let presses: string[]
let find: () => Promise<Update | null>
let download: () => Promise<void>
let install: () => Promise<never>
let rest: () => Promise<void>
let flow: UpdateFlow

beforeEach(() => {
  story = []
  presses = []
  find = async () => NEW
  download = async () => {}
  install = () => {
    throw new AppError('not-found', 'The new version could not be put in place.')
  }
  rest = async () => {}
  const done = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    story.push(what)
    await work()
  }
  flow = new UpdateFlow({
    updater: {
      find: () => find(),
      download: () => done('download', download),
      install: () => done('install', install) as Promise<never>,
    },
    version: '1.0.0',
    boxes: {
      choose: async (buttons: readonly string[], { message }: Choice) => {
        const pressed = presses.shift() ?? buttons.at(-1) ?? ''
        if (!buttons.includes(pressed)) throw new Error(`no button ${pressed}`)
        story.push(`${message} ${pressed}`)
        return pressed
      },
      inform: async (message) => void story.push(message),
      showFailure: async (error) => void story.push(`failed: ${(error as Error).message}`),
    },
    rest: () => done('rest', rest),
    end: () => done('end', async () => {}),
    startOver: () => void story.push('start over'),
    log: pino({ level: 'silent' }),
  })
})

test('nothing is fetched without a yes, nothing put in place without another', async () => {
  presses = ['Later']
  await flow.check(true)
  expect(story).toEqual(['Jira TPM 2.0.0 is there. Later'])
  presses = ['Download', 'Later']
  await flow.check(true)
  expect(story.slice(1)).toEqual([
    'Jira TPM 2.0.0 is there. Download',
    'download',
    'Jira TPM 2.0.0 is ready. Later',
  ])
})

test('the run is brought to rest and the core ended before it is put in place', async () => {
  presses = ['Download', 'Restart now']
  install = () => new Promise(() => {})
  void flow.check(true)
  await expect.poll(() => story.at(-1)).toBe('install')
  expect(story.slice(-3)).toEqual(['rest', 'end', 'install'])
})

test('one that was fetched is offered again when it is asked for, and not fetched twice', async () => {
  presses = ['Download', 'Later', 'Restart now']
  await flow.check(true)
  await flow.check(false)
  rest = async () => {
    throw new AppError('busy', 'Jira has not answered yet.')
  }
  await flow.check(true)
  expect(story.slice(2)).toEqual([
    'Jira TPM 2.0.0 is ready. Later',
    'Jira TPM 2.0.0 is ready. Restart now',
    'rest',
    'failed: Jira has not answered yet.',
  ])
  presses = ['Later']
  await flow.check(true)
  expect(story.at(-1)).toBe('Jira TPM 2.0.0 is ready. Later')
})

test('a quiet look says nothing of no news and of failures', async () => {
  find = async () => null
  await flow.check(false)
  find = async () => {
    throw new AppError('not-found', 'No Internet.')
  }
  await flow.check(false)
  expect(story).toEqual([])
})

test('a quiet look tells of a version once; a new one is reported anew', async () => {
  await flow.check(false)
  await flow.check(false)
  expect(story).toEqual(['Jira TPM 2.0.0 is there. Later'])
  find = async () => ({ version: '2.0.1', notes: '' })
  await flow.check(false)
  expect(story).toHaveLength(2)
})

test('who asks hears that it is the newest, or why nobody knows', async () => {
  find = async () => null
  await flow.check(true)
  find = async () => {
    throw new AppError('not-found', 'No Internet.')
  }
  await flow.check(true)
  expect(story).toEqual(['Jira TPM is up to date.', 'failed: No Internet.'])
})

test('who asks during a quiet look hears of that one', async () => {
  const looking = Promise.withResolvers<Update | null>()
  find = () => looking.promise
  const quiet = flow.check(false)
  await flow.check(true)
  await flow.check(false)
  looking.resolve(null)
  await quiet
  expect(story).toEqual(['Jira TPM is up to date.'])
})

test('what was not fetched is reported, and can be tried again', async () => {
  presses = ['Download', 'Download']
  download = async () => {
    throw new AppError('bad-data', 'What arrived is not what was announced.')
  }
  await flow.check(false)
  download = async () => {}
  await flow.check(true)
  expect(story.slice(1)).toEqual([
    'download',
    'failed: What arrived is not what was announced.',
    'Jira TPM 2.0.0 is there. Download',
    'download',
    'Jira TPM 2.0.0 is ready. Later',
  ])
})

test('while it is fetched, who asks is answered that it is', async () => {
  presses = ['Download']
  const fetching = Promise.withResolvers<void>()
  download = () => fetching.promise
  const first = flow.check(true)
  await expect.poll(() => story.at(-1)).toBe('download')
  await flow.check(false)
  await flow.check(true)
  expect(story.at(-1)).toBe('Jira TPM 2.0.0 is being fetched.')
  fetching.resolve()
  await first
})

test('one that cannot be put in place is reported, and this version starts again', async () => {
  presses = ['Download', 'Restart now']
  await flow.check(true)
  expect(story.slice(-3)).toEqual([
    'install',
    'failed: The new version could not be put in place.',
    'start over',
  ])
})
