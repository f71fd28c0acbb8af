import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DEFAULT_SANDBOX } from '../config/config.ts'
import type { FaultRule } from './http/faults.ts'
import type { IssueRecord } from './issues/issue-record.ts'
import { startSandbox, type Sandbox } from './sandbox.ts'
import type { SandboxSettings, SettingsPatch } from './settings.ts'

/** A ticket as it really is, whatever search knows of it. */
export type TrueIssue = Omit<IssueRecord, 'id'> & { readonly id: string; readonly key: string }

/** Means to spoil a sandbox and to look behind it. */
export interface TestHandles {
  /** Every ticket; of one label where it is given. */
  truth(label?: string): Promise<TrueIssue[]>
  setFaults(rules: readonly FaultRule[]): Promise<void>
  setSettings(patch: SettingsPatch): Promise<void>
  /** A request with the right credentials, its JSON parsed. `path` begins with a slash. */
  request(method: string, path: string, body?: unknown): Promise<TestAnswer>
}

interface TestAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export interface TestSandbox extends Sandbox, TestHandles {
  readonly file: string
}

/**
 * A real sandbox in a folder of its own, without tickets unless asked for. `stop` removes the folder; a test that
 * wants to start the same file again gives one.
 */
export async function startTestSandbox(
  overrides: Partial<SandboxSettings> & { readonly file?: string } = {},
): Promise<TestSandbox> {
  const { file: given, ...settings } = overrides
  const folder = given === undefined ? await mkdtemp(path.join(tmpdir(), 'tpm-sandbox-')) : null
  const file = given ?? path.join(folder ?? '', 'sandbox.sqlite')
  const sandbox = await startSandbox({
    file,
    settings: { ...DEFAULT_SANDBOX, historyTickets: 0, ...settings },
  })
  return {
    ...sandbox,
    ...createTestHandles(sandbox),
    file,
    async stop() {
      await sandbox.stop()
      if (folder !== null) await rm(folder, { recursive: true, force: true })
    },
  }
}

type Address = Pick<Sandbox, 'url' | 'email' | 'apiToken'>

export function createTestHandles(sandbox: Address): TestHandles {
  const request = createRequest(sandbox)
  return {
    request,
    async truth(label) {
      const query = label === undefined ? '' : `?label=${encodeURIComponent(label)}`
      const { body } = await request('GET', `/sandbox/issues${query}`)
      return (body as { issues: TrueIssue[] }).issues
    },
    setFaults: async (rules) => accepted(await request('PUT', '/sandbox/faults', { rules })),
    setSettings: async (patch) => accepted(await request('PUT', '/sandbox/settings', patch)),
  }
}

function createRequest({ url, email, apiToken }: Address): TestHandles['request'] {
  const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`
  return async (method, target, body) => {
    const response = await fetch(url + target, {
      method,
      headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as unknown) : text,
    }
  }
}

function accepted(response: TestAnswer): void {
  if (response.status !== 200)
    throw new Error(`The sandbox answered ${response.status}: ${JSON.stringify(response.body)}`)
}
