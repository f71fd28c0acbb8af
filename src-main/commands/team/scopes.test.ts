import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { openServedApp, type ServedApp } from '../../../test-support/server/served-app.ts'
import { startTeamCli, type TeamCli } from '../../../test-support/team/team-cli.ts'

// Rules, outputs, marks, drills and reports over a team server.

let served: ServedApp
beforeAll(async () => {
  served = await openServedApp({ historyTickets: 30 })
  await served.app.start()
  await served.app.client.call('sync.now', {})
})

let run: TeamCli['run']
let login: TeamCli['login']
beforeEach(async () => ({ run, login } = await startTeamCli(served)))

const SCOPES = ['read', 'run', 'admin'] as const
const HOOK = 'alerts outputs add --kind webhook --name hook --url https://hooks.example.com/1'

/** What each asks for; on the server is a rule “storm”. */
const TAKES = {
  read: [
    'alerts history',
    'alerts replay storm',
    'alerts replay --at-least 3 --in 5m',
    'report --format csv',
  ],
  run: [
    'mark deployed --at now-5m',
    'alerts silence storm --for 1h',
    'alerts silence --end',
    'drill --count 12 --minutes 10 --compress 60 --only-watched --expect-alert-within 9m',
  ],
  admin: [
    'alerts test storm',
    'alerts off storm',
    'alerts on storm',
    HOOK,
    'alerts outputs',
    'alerts outputs remove hook',
  ],
}

test.each(['read', 'run', 'admin'] as const)(
  'alerts, outputs, marks, drills and reports with the scope %s work, or say which scope they take',
  { timeout: 120_000 },
  async (scope) => {
    const storm = {
      name: 'storm',
      scope: {},
      condition: { kind: 'at-least', tickets: 5, minutes: 5 },
    } as const
    const rule = await served.app.client.call('alerts.add', storm)
    onTestFinished(async () => {
      const { rules } = await served.app.client.call('alerts.list', {})
      const { revision = '' } = rules.find(({ id }) => id === rule.id) ?? {}
      await served.app.client.call('alerts.remove', { id: rule.id, seen: revision })
    })
    await login(scope)
    for (const takes of SCOPES)
      for (const line of TAKES[takes]) {
        const { code, stderr } = await run(`${line} --server team`)
        const isRefused = SCOPES.indexOf(scope) < SCOPES.indexOf(takes)
        expect([line, code]).toEqual([line, isRefused ? 1 : 0])
        expect(stderr.includes(`takes the scope ${takes}`), line).toBe(isRefused)
      }
  },
)

test('a drill over a server fails with 5 where no rule that is on rings for many tickets', async () => {
  await login('run')
  const said = await run('drill --count 12 --minutes 10 --compress 60 --server team')
  expect(said).toMatchObject({ code: 5, stdout: expect.stringContaining('No ticket was made.') as string })
})
