import { beforeEach, describe, expect, test } from 'vitest'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { transportTo, runOf, until, type TestTransport } from '../../test-support/renderer/runs-page/runs.ts'
import { createShownRunController, type ShownRunState } from './runs-controller.ts'

describe('the controller of the run that is looked at', () => {
  let runs: RunProgress[]
  /** When the core answers for a run; at once where nothing is said. */
  let answers: Record<string, Promise<void>>
  let tested: TestTransport
  let controller: ReturnType<typeof createShownRunController>
  const state = (): ShownRunState => controller.store.get()

  beforeEach(() => {
    runs = [runOf(1), runOf(2)]
    answers = {}
    tested = transportTo({
      'runs.get': async ({ runId }) => {
        await answers[runId]
        const run = runs.find((each) => each.runId === runId)
        if (run === undefined) throw new AppError('not-found', `There is no run ${runId} here.`)
        return run
      },
    })
    controller = createShownRunController(tested.transport)
    return controller.open()
  })

  test('shows at once what is known from elsewhere, and then what the core says', async () => {
    controller.show('run-1', runOf(1, { created: 3 }))
    expect(state()).toMatchObject({ runId: 'run-1', run: { created: 3 } })
    await until(() => expect(state().run?.created).toBe(100))
  })

  test('follows its own run, and no other', async () => {
    controller.show('run-1')
    await until(() => expect(state().run).not.toBeNull())
    tested.hub.publish('run.changed', runOf(1, { state: 'running', created: 5 }))
    tested.hub.publish('run.changed', runOf(2, { state: 'running', created: 6 }))
    expect(state().run).toMatchObject({ runId: 'run-1', created: 5 })
  })

  test('an answer that comes late says nothing of the run that is shown meanwhile', async () => {
    const late = Promise.withResolvers<void>()
    answers['run-1'] = late.promise
    const shown = new Set<string>()
    controller.store.subscribe(() => shown.add(`${state().runId} ${state().run?.runId}`))
    controller.show('run-1')
    controller.show('run-2')
    late.resolve()
    await until(() => expect(state().run?.runId).toBe('run-2'))
    expect([...shown]).toEqual(['run-1 undefined', 'run-2 undefined', 'run-2 run-2'])
  })

  test('a run that is not there is said to be not there', async () => {
    controller.show('gone')
    await until(() => expect(state().failure?.what).toBe('There is no run gone here.'))
  })

  test('reads anew what a clean-up has deleted', async () => {
    controller.show('run-1')
    await until(() => expect(state().run).not.toBeNull())
    runs = [runOf(1, { removed: 100 })]
    const cleanUp = { runId: 'run-1', total: 100, deleted: 100, kept: [], failure: null }
    tested.hub.publish('clean-up.changed', { ...cleanUp, state: 'done' })
    await until(() => expect(state().run?.removed).toBe(100))
  })
})
