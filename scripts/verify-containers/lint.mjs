import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { validate } from 'dockerfile-utils'
import { NEEDS_JIRA } from '../../src-main/sites/edge-site.ts'
import { root } from '../build-if-stale.mjs'
import { must } from './run.mjs'

/** What reading shows: the Dockerfile's form and rules, Caddy's files, the scripts of shell. */
export async function verifyFiles(check) {
  await check('Caddy leads to the servers that fetch what an edge refuses, and nothing else', () => {
    const caddy = readFileSync(path.join(root, 'deploy/caddy/dashboard.caddy'), 'utf8')
    const paths = /@jira path (.+)$/m.exec(caddy)[1].split(' ')
    assert.deepEqual(paths.toSorted(), [...NEEDS_JIRA].map((method) => `/api/${method}`).toSorted())
  })
  const text = readFileSync(path.join(root, 'Dockerfile'), 'utf8')
  await check('Dockerfile: dockerfile-utils finds nothing', () => {
    const found = validate(text).map(
      ({ message, range }) => `line ${range.start.line + 1}: ${JSON.stringify(message)}`,
    )
    assert.deepEqual(found, [])
  })
  await check(
    'Dockerfile: bases pinned by version, no root at run time, a health check, no secret, no ADD',
    () => {
      const lines = text.split('\n')
      const bases = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1])
      for (const base of bases) assert.match(base, /:\d+\.\d+\.\d+-/, `${base} is not pinned`)
      const stages = text.split(/^FROM /m).slice(1)
      const final = stages.filter((stage) => /AS (?:server|front)$/m.test(stage.split('\n')[0]))
      assert.equal(final.length, 2)
      for (const stage of final) {
        assert.match(stage, /^USER \d+:\d+$/m)
        assert.match(stage, /^HEALTHCHECK .*CMD \[/m)
        assert.match(stage, /^STOPSIGNAL SIGTERM$/m)
        assert.match(stage, /^ENTRYPOINT \[/m)
        assert.doesNotMatch(stage, /^RUN .*(?:npm|apt-get)/m)
      }
      assert.doesNotMatch(text, /^ADD /m)
      assert.doesNotMatch(text, /^(?:ENV|ARG) .*(?:KEY|TOKEN|PASSWORD|SECRET)/m)
    },
  )
  await check('.dockerignore: all is left out but what is named, and no secret is', () => {
    const rules = readFileSync(path.join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => /^[^#]/.test(line))
    assert.equal(rules[0], '*')
    assert.ok(!rules.some((rule) => /^!.*(?:secrets|\.env|\.git|node_modules)/.test(rule)))
  })
  await check('Caddy takes each of its configurations', async () => {
    const folder = path.join(root, 'deploy/caddy')
    const files = readdirSync(folder).filter((file) => file.endsWith('.Caddyfile'))
    assert.deepEqual(files.toSorted(), ['acme.Caddyfile', 'files.Caddyfile', 'plain.Caddyfile'])
    const env = {
      JIRA_TPM_DASHBOARD: '/srv',
      JIRA_TPM_UPSTREAM: 'edge-1:8050 edge-2:8050',
      JIRA_TPM_FETCHERS: 'app:8050 standby:8050',
      JIRA_TPM_DOMAIN: 'tpm.example.com',
    }
    for (const file of files) {
      const adapted = await must(
        'caddy',
        ['adapt', '--adapter', 'caddyfile', '--config', path.join(folder, file)],
        { env },
      )
      const { admin, apps } = JSON.parse(adapted)
      assert.equal(admin.disabled, true)
      const hosts = Object.values(apps.http.servers).flatMap(({ routes }) =>
        routes.flatMap(({ match }) => match?.[0]?.host ?? []),
      )
      if (file !== 'plain.Caddyfile') assert.ok(hosts.includes('tpm.example.com'))
    }
  })
}
