import { expect, onTestFinished } from 'vitest'
import type { SandboxSettings } from '#jira-sandbox'
import { manualClock, startTestServer, type TestServer } from '#jira-sandbox/testing'
import { createCloudJira } from '../../src-main/jira/cloud/cloud.ts'
import { createDataCenterJira } from '../../src-main/jira/data-center/data-center.ts'
import type { Jira, NewTicket, SearchQuery } from '../../src-main/jira/jira.ts'
import { createJumpClock } from './jira.ts'

/** What both kinds of Jira do alike: each behaviour runs against the sandbox as either, and the results are the same. */

export const NOON_MS = Date.UTC(2026, 5, 1, 12)
export const never: AbortSignal = new AbortController().signal

export const TICKET: NewTicket = {
  projectKey: 'TPM',
  issueTypeId: '10001',
  priorityId: '2',
  title: 'The first one',
  paragraphs: ['It is {urgent}.', 'Is it?'],
  labels: ['run-1', 'tpm'],
  properties: [{ key: 'jira-tpm', value: { run: 'a', slot: 3 } }],
}
export const QUERY: SearchQuery = {
  jql: 'project = TPM ORDER BY created ASC, key ASC',
  pageToken: null,
  pageSize: 2,
  reconcileIds: [],
  property: null,
}

export const TWO_PROJECTS = [
  { key: 'TPM', name: 'Tickets per minute' },
  { key: 'OPS', name: 'Operations' },
]

export interface Opened {
  readonly jira: Jira
  readonly server: TestServer
}

interface Setting {
  readonly settings?: Partial<SandboxSettings>
  readonly watchedField?: string
}

export async function openBoth({ settings = {}, watchedField = 'priority' }: Setting): Promise<Opened[]> {
  const start = async (more: Partial<SandboxSettings>): Promise<TestServer> => {
    const server = await startTestServer({ clock: manualClock(NOON_MS), ...settings, ...more })
    onTestFinished(() => server.stop())
    return server
  }
  const common = { clock: createJumpClock(), watchedField }
  const cloud = await start({ deployment: 'cloud' })
  const dataCenter = await start({ deployment: 'data-center', contextPath: '/jira' })
  return [
    { server: cloud, jira: createCloudJira({ ...cloud, ...common }) },
    {
      server: dataCenter,
      jira: createDataCenterJira({ url: dataCenter.url, token: dataCenter.apiToken, ...common }),
    },
  ]
}

/** What a behaviour gives with both, which is the same. */
export async function alike<T>(setting: Setting, behave: (opened: Opened) => Promise<T>): Promise<T> {
  const [cloud, dataCenter] = await openBoth(setting)
  if (cloud === undefined || dataCenter === undefined) throw new Error('Two are opened')
  const ofCloud = await behave(cloud)
  expect(await behave(dataCenter)).toEqual(ofCloud)
  return ofCloud
}
