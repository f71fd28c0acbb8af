import { describe, expect, test } from 'vitest'
import { createDispatch, type Dispatch, type Reply } from '../../src-shared/contract/dispatch.ts'
import { MAX_PARAMS_LENGTH, type Handlers } from '../../src-shared/contract/methods.ts'
import { CONTRACT_VERSION } from '../../src-shared/contract/version.ts'
import { answerCall, type CallerFrame } from './ipc-call.ts'

const OWN: CallerFrame = { origin: 'app://jira-tpm', parent: null }

/** A call as the preload of this version sends it. */
const ours = (method: unknown, params: unknown) => ({ method, params, version: CONTRACT_VERSION })

/** The real gate before handlers of which one answers and one has a bug. */
function gate(bugs: unknown[] = []): { ownOrigin: string; dispatch: Dispatch } {
  const handlers = {
    'data.createTables': async () => ({ created: true }),
    'sync.status': async () => {
      throw new Error('secret detail')
    },
  } as unknown as Handlers
  return { ownOrigin: 'app://jira-tpm', dispatch: createDispatch(handlers, (bug) => bugs.push(bug)) }
}

function codeOf(reply: Reply): string {
  return reply.ok ? 'ok' : reply.error.code
}

test('a call of our own page reaches the core', async () => {
  expect(await answerCall(gate(), OWN, ours('data.createTables', {}))).toEqual({
    ok: true,
    result: { created: true },
  })
})

describe('who calls', () => {
  test.each<[string, CallerFrame | null]>([
    ['a page of another origin', { origin: 'https://evil.example', parent: null }],
    ['an origin that only begins like ours', { origin: 'app://jira-tpm.evil', parent: null }],
    ['an opaque origin', { origin: 'null', parent: null }],
    ['a frame inside our page', { origin: 'app://jira-tpm', parent: {} }],
    ['a frame that is gone', null],
  ])('%s is forbidden, and the core does not hear of it', async (_who, frame) => {
    const heard: unknown[] = []
    const dispatch: Dispatch = async (method) => {
      heard.push(method)
      return { ok: true, result: null }
    }
    const reply = await answerCall(
      { ownOrigin: 'app://jira-tpm', dispatch },
      frame,
      ours('data.createTables', {}),
    )
    expect(codeOf(reply)).toBe('forbidden')
    expect(heard).toEqual([])
  })
})

test.each([CONTRACT_VERSION + 1, 0, undefined, 'x', {}])(
  'a window of version %j is refused, and told what to update',
  async (version) => {
    const reply = await answerCall(gate(), OWN, { method: 'data.createTables', params: {}, version })
    expect(reply).toMatchObject({
      error: {
        code: 'other-version',
        hint: expect.stringMatching(
          version === CONTRACT_VERSION + 1 ? /Update Jira TPM/ : /Update the program that called/,
        ) as string,
      },
    })
  },
)

describe('what is called', () => {
  test.each([['nothing.like.it'], ['__proto__'], ['constructor'], [''], [undefined], [null], [7], [{}]])(
    'method %j is unknown',
    async (method) => expect(codeOf(await answerCall(gate(), OWN, ours(method, {})))).toBe('unknown-method'),
  )

  test.each([[undefined], [null], [[]], ['{}'], [{ more: 1 }]])('params %j are refused', async (params) => {
    expect(codeOf(await answerCall(gate(), OWN, ours('data.createTables', params)))).toBe('bad-request')
  })

  test('params over the limit are refused', async () => {
    const params = { more: 'x'.repeat(MAX_PARAMS_LENGTH) }
    expect(codeOf(await answerCall(gate(), OWN, ours('data.createTables', params)))).toBe('too-large')
  })

  // The structured clone of IPC carries what JSON cannot.
  test.each([
    ['a cycle', cycle()],
    ['a bigint', { more: 1n }],
  ])('params with %s are refused, not taken for a bug', async (_what, params) => {
    const bugs: unknown[] = []
    expect(codeOf(await answerCall(gate(bugs), OWN, ours('data.createTables', params)))).toBe('bad-request')
    expect(bugs).toEqual([])
  })

  test('a bug leaves the process as a general sentence, without its text', async () => {
    const reply = await answerCall(gate(), OWN, ours('sync.status', {}))
    expect(codeOf(reply)).toBe('internal')
    expect(JSON.stringify(reply)).not.toContain('secret detail')
  })
})

function cycle(): unknown {
  const params: Record<string, unknown> = {}
  params['more'] = params
  return params
}
