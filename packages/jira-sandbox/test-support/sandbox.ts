import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DEFAULT_SANDBOX } from '../src/config.ts'
import type { Fault } from '../src/faults/fault.ts'
import type { IssueRecord } from '../src/issues/issue-record.ts'
import type { MoodName } from '../src/faults/moods.ts'
import { startSandbox, type Sandbox } from '../src/sandbox.ts'
import type { SandboxSettings, SettingsPatch } from '../src/settings.ts'

/** A ticket as it really is, whatever search knows of it. */
export type TrueIssue = Omit<IssueRecord, 'id'> & { readonly id: string; readonly key: string }

/** What `add` and `move` return of a ticket. */
interface CreatedIssue {
  readonly id: string
  readonly key: string
}

/** Means to spoil a sandbox and to look behind it. */
export interface TestHandles {
  /** Every ticket; of one label where it is given. */
  truth(label?: string): Promise<TrueIssue[]>
  setFaults(rules: readonly Fault[]): Promise<void>
  setSettings(patch: SettingsPatch): Promise<void>
  /** The settings of the start, and the faults of the mood; `healthy` undoes everything that was set. */
  setMood(mood: MoodName): Promise<void>
  /**
   * Makes a ticket as somebody else does, whatever the account may do and whatever goes wrong. `fields` as in Jira's
   * create; without them a task of the project TPM. `createdMs`: its stamps, instead of the site's time.
   */
  add(fields?: object, createdMs?: number): Promise<CreatedIssue>
  /** As `add`; `fields` as in Jira's edit. */
  edit(idOrKey: string, fields: object): Promise<void>
  remove(idOrKey: string): Promise<void>
  /** Moves a ticket to another project and returns its new key. */
  move(idOrKey: string, projectKey: string): Promise<CreatedIssue>
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
  const command = async (...sent: Parameters<typeof request>): Promise<unknown> =>
    accepted(await request(...sent))
  return {
    request,
    truth: (label) => allTickets(request, label),
    setFaults: async (rules) => void (await command('PUT', '/sandbox/faults', { rules })),
    setSettings: async (patch) => void (await command('PUT', '/sandbox/settings', patch)),
    setMood: async (mood) => void (await command('PUT', '/sandbox/mood', { mood })),
    add: async (fields, createdMs) =>
      (await command('POST', '/sandbox/issues', {
        fields: { ...A_TICKET, ...fields },
        ...(createdMs !== undefined && { createdMs }),
      })) as CreatedIssue,
    edit: async (idOrKey, fields) => void (await command('PUT', `/sandbox/issues/${idOrKey}`, { fields })),
    remove: async (idOrKey) => void (await command('DELETE', `/sandbox/issues/${idOrKey}`)),
    move: async (idOrKey, projectKey) =>
      (await command('PUT', `/sandbox/issues/${idOrKey}/project`, { projectKey })) as CreatedIssue,
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

const A_TICKET = { project: { key: 'TPM' }, issuetype: { id: '10001' }, summary: 'A ticket' }

const TRUTH_PAGE = 50_000

/** A million tickets are more than one string holds. */
async function allTickets(request: TestHandles['request'], label: string | undefined): Promise<TrueIssue[]> {
  const tickets: TrueIssue[] = []
  const wanted = label === undefined ? '' : `&label=${encodeURIComponent(label)}`
  for (let after = '0'; ; after = tickets.at(-1)?.id ?? '0') {
    const answer = await request('GET', `/sandbox/issues?after=${after}&limit=${TRUTH_PAGE}${wanted}`)
    const { issues } = accepted(answer) as { issues: TrueIssue[] }
    for (const issue of issues) tickets.push(issue)
    if (issues.length < TRUTH_PAGE) return tickets
  }
}

function accepted({ status, body }: TestAnswer): unknown {
  if (status < 300) return body
  throw new Error(`The sandbox answered ${status}: ${JSON.stringify(body)}`)
}
