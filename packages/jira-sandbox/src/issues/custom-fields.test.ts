import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../test-support/server.ts'

const ISSUE = '/rest/api/3/issue'
const SCREEN = `${ISSUE}/createmeta/TPM/issuetypes/10001`
const SEVERITY = 'customfield_10050'
const NOT_ON_SCREEN = 'cannot be set. It is not on the appropriate screen, or unknown.'

let sandbox: TestServer

beforeEach(async () => {
  sandbox = await startTestServer()
})
afterEach(async () => {
  await sandbox.stop()
  if (sandbox.bugs.length > 0) throw new AggregateError(sandbox.bugs, 'A request met a bug')
})

const ticket = (more: object = {}): object => ({
  fields: { project: { key: 'TPM' }, issuetype: { id: '10001' }, summary: 'A ticket', ...more },
})
const create = async (more: object = {}) => sandbox.request('POST', ISSUE, ticket(more))
const keyOfNew = async (more: object): Promise<string> => ((await create(more)).body as { key: string }).key

async function fieldsOf(key: string): Promise<Record<string, unknown>> {
  const { body } = await sandbox.request('GET', `${ISSUE}/${key}`)
  return (body as { fields: Record<string, unknown> }).fields
}

async function screen(fieldId: string): Promise<unknown> {
  const { body } = await sandbox.request('GET', SCREEN)
  return (body as { fields: { fieldId: string }[] }).fields.find((field) => field.fieldId === fieldId)
}

/** The keys that a query finds, oldest first, or what is wrong with it. */
async function found(jql: string): Promise<string[] | string> {
  const query = { jql: `${jql} ORDER BY key ASC` }
  const { body } = await sandbox.request('POST', '/rest/api/3/search/jql', query)
  const { issues, errorMessages } = body as { issues?: { key: string }[]; errorMessages?: string[] }
  return issues?.map(({ key }) => key) ?? errorMessages?.join(' ') ?? ''
}

describe('a severity field', () => {
  test('is on no site that has none', async () => {
    expect(await screen(SEVERITY)).toBeUndefined()
    expect(await create({ [SEVERITY]: { id: '10100' } })).toMatchObject({
      status: 400,
      body: { errors: { [SEVERITY]: `Field '${SEVERITY}' ${NOT_ON_SCREEN}` } },
    })
    expect(await fieldsOf(await keyOfNew({}))).not.toHaveProperty(SEVERITY)
    for (const name of ['cf[10050]', 'Severity'])
      expect(await found(`${name} = Major`)).toBe(
        `Field '${name}' does not exist or you do not have permission to view it.`,
      )
  })

  describe('where there is one,', () => {
    beforeEach(() => sandbox.setSettings({ severity: 'optional' }))

    test('is a select field of the create screen', async () => {
      expect(await screen(SEVERITY)).toMatchObject({
        name: 'Severity',
        required: false,
        schema: { type: 'option', customId: 10_050 },
        allowedValues: [{ id: '10100', value: 'Critical' }, { id: '10101' }, { value: 'Minor' }, {}],
      })
    })

    test('is set at creation by id or value, changed, taken away, and null where it is not set', async () => {
      const key = await keyOfNew({ [SEVERITY]: { id: '10100' } })
      expect((await fieldsOf(key))[SEVERITY]).toMatchObject({ id: '10100', value: 'Critical' })
      await sandbox.request('PUT', `${ISSUE}/${key}`, { fields: { [SEVERITY]: { value: 'minor' } } })
      expect((await fieldsOf(key))[SEVERITY]).toMatchObject({ id: '10102', value: 'Minor' })
      await sandbox.request('PUT', `${ISSUE}/${key}`, { fields: { summary: 'Another' } })
      expect((await fieldsOf(key))[SEVERITY]).toMatchObject({ id: '10102' })
      await sandbox.request('PUT', `${ISSUE}/${key}`, { fields: { [SEVERITY]: null } })
      expect((await fieldsOf(key))[SEVERITY]).toBeNull()
      expect(await sandbox.truth()).toMatchObject([{ severityId: null }])
    })

    test.each([{ id: '9' }, { value: 'Awful' }, 'Major', 10_101])('cannot be %j', async (value) => {
      const { status, body } = await create({ [SEVERITY]: value })
      expect(status).toBe(400)
      expect(Object.keys((body as { errors: object }).errors)).toEqual([SEVERITY])
    })

    test('can be searched for, whatever it is called', async () => {
      for (const id of ['10100', '10101', '10102']) await create({ [SEVERITY]: { id } })
      await create()
      const cases: [string, string[]][] = [
        ['cf[10050] in (10100, 10101)', ['TPM-1', 'TPM-2']],
        ['CF[10050] = Major', ['TPM-2']],
        ['"Severity" = "minor"', ['TPM-3']],
        ['severity != 10100', ['TPM-2', 'TPM-3']],
        ['NOT cf[10050] = 10100', ['TPM-2', 'TPM-3']],
        ['cf[10050] not in (Critical, Major)', ['TPM-3']],
        ['cf[10050] is EMPTY', ['TPM-4']],
        ['cf[10050] is not EMPTY', ['TPM-1', 'TPM-2', 'TPM-3']],
        ['cf[10050] in (Minor, EMPTY)', ['TPM-3', 'TPM-4']],
        ['project = TPM AND cf[10050] in (10100) AND updated >= 0', ['TPM-1']],
      ]
      for (const [jql, keys] of cases) expect([jql, await found(jql)]).toEqual([jql, keys])
    })

    test.each([
      ['cf[10050] = Awful', "The option 'Awful' for field 'cf[10050]' does not exist."],
      ['cf[10050] in (10100, 9)', "The option '9' for field 'cf[10050]' does not exist."],
      ['cf[10050] was Major', "History searches do not support the 'cf[10050]' field."],
      ['cf[10050] > Major', "The operator '>' is not supported by the 'cf[10050]' field."],
      ['cf[10051] = 1', "Field 'cf[10051]' does not exist or you do not have permission to view it."],
      ['summary ~ cf[x]', "The character '[' is a reserved JQL character."],
    ])('but not with %s', async (jql, sentence) => {
      expect(await found(jql)).toContain(sentence)
    })

    test('lags like everything else', async () => {
      const key = await keyOfNew({})
      await sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 1_000 } })
      await sandbox.edit(key, { [SEVERITY]: { id: '10103' } })
      expect(await found('cf[10050] = Trivial')).toEqual([])
      sandbox.clock.set(sandbox.clock.now() + 1_000)
      expect(await found('cf[10050] = Trivial')).toEqual([key])
    })
  })

  test('is in a past that is made where there is one, and leaves the rest of it as it was', async () => {
    const without = await startTestServer({ historyTickets: 200 })
    const having = await startTestServer({ historyTickets: 200, severity: 'optional' })
    const plain = await without.truth()
    const severe = await having.truth()
    expect(severe.map((issue) => ({ ...issue, severityId: null }))).toEqual(plain)
    expect(new Set(plain.map(({ severityId }) => severityId))).toEqual(new Set([null]))
    expect(new Set(severe.map(({ severityId }) => severityId)).size).toBe(5)
    await Promise.all([without.stop(), having.stop()])
  })
})

describe('priorities under other names', () => {
  beforeEach(() =>
    sandbox.setSettings({ priorityNames: ['Höchste', 'Kritisch (alt)', 'Mittel', 'Niedrig', 'Egal'] }),
  )

  test('have them everywhere, and keep their ids', async () => {
    const key = await keyOfNew({ priority: { name: 'höchste' } })
    expect((await fieldsOf(key))['priority']).toMatchObject({ id: '1', name: 'Höchste' })
    expect(await screen('priority')).toMatchObject({
      allowedValues: [{ id: '1', name: 'Höchste' }, { id: '2' }, {}, {}, { name: 'Egal' }],
    })
    expect((await sandbox.request('GET', '/rest/api/3/priority/2')).body).toMatchObject({
      name: 'Kritisch (alt)',
    })
    expect((await create({ priority: { name: 'Highest' } })).status).toBe(400)
  })

  test('are searched for by them, or by id, in the past too', async () => {
    const key = await keyOfNew({ priority: { id: '1' } })
    await sandbox.edit(key, { priority: { id: '4' } })
    expect(await found('priority was in (Höchste, "Kritisch (alt)") AND priority not in (1, 2)')).toEqual([
      key,
    ])
    expect(await found('priority = niedrig')).toEqual([key])
    expect(await found('priority < Mittel')).toEqual([key])
    expect(await found('priority was in (Highest)')).toBe(
      "The value 'Highest' does not exist for the field 'priority'.",
    )
  })

  test('are five, and different', async () => {
    for (const priorityNames of [['A'], ['A', 'b', 'B', 'C', 'D'], ['', 'b', 'c', 'd', 'e']])
      expect((await sandbox.request('PUT', '/sandbox/settings', { priorityNames })).status).toBe(400)
  })
})

test('a demanding create screen has a field without which nothing is made', async () => {
  await sandbox.setSettings({ requiredField: true })
  expect(await screen('customfield_10060')).toMatchObject({
    name: 'Customer',
    required: true,
    hasDefaultValue: false,
  })
  expect(await create()).toMatchObject({
    status: 400,
    body: { errors: { customfield_10060: 'Customer is required.' } },
  })
  expect((await create({ customfield_10060: 'ACME' })).status).toBe(201)
})
