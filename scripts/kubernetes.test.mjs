import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

const root = path.resolve(import.meta.dirname, '..')
const manifests = parseAllDocuments(
  readFileSync(path.join(root, 'deploy/kubernetes/jira-tpm.yaml'), 'utf8'),
).map((one) => one.toJS())
const [fetcher, edge, front] = ['fetcher', 'edge', 'front'].map((name) =>
  manifests.find(({ kind, metadata }) => metadata.name === name && /Set|Deployment/.test(kind)),
)

/** Where kubernetes-types has the types that Kubernetes' own OpenAPI document gives. */
const MODULES = {
  v1: 'core/v1',
  'apps/v1': 'apps/v1',
  'networking.k8s.io/v1': 'networking/v1',
  'policy/v1': 'policy/v1',
}

/**
 * What is wrong with each, as the compiler says it: a field that is not known, one that is missing, a value of another kind.
 * A literal may have no field more than its type; a schema of Kubernetes' own takes any.
 */
function faultsOf(some) {
  const folder = mkdtempSync(path.join(root, 'node_modules/.tpm-manifests-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'manifests.ts')
  const lines = some.map((one, n) => {
    const type = `import('kubernetes-types/${MODULES[one.apiVersion]}').${one.kind}`
    return `export const m${n}: ${type} = ${JSON.stringify(one)}`
  })
  writeFileSync(file, lines.join('\n'))
  const tsc = path.join(root, 'node_modules/.bin/tsc')
  const flags =
    '--noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --pretty false'.split(' ')
  return new Promise((resolve, reject) => {
    execFile(tsc, [...flags, '--types', '', '--ignoreConfig', file], { cwd: folder }, (error, stdout) => {
      if (error !== null && typeof error.code !== 'number') return reject(error)
      const said = stdout.split('\n').filter((line) => line.includes('error'))
      const known = some.map((_, n) => said.filter((line) => line.includes(`manifests.ts(${n + 1},`)))
      expect(known.flat(), 'the compiler itself').toHaveLength(said.length)
      resolve(known)
    })
  })
}

const env = ({ spec }) =>
  Object.fromEntries(spec.template.spec.containers[0].env.map(({ name, value }) => [name, value]))
const args = ({ spec }) => [spec.replicas, spec.template.spec.containers[0].args]
const keys = ({ spec }) => spec.template.spec.volumes.at(-1).secret.items.map(({ key }) => key)
/** Each of a set's pods has a name of its own. */
const named = ({ metadata: { name }, spec: { replicas } }) =>
  Array.from({ length: replicas }, (_, n) => `${name}-${n}.${name}:8050`).join(' ')

/** A copy in which something is changed. */
function changed(manifest, change) {
  const copy = structuredClone(manifest)
  change(copy, copy.spec.template.spec, copy.spec.template.spec.containers[0])
  return copy
}

test(
  'every manifest is what Kubernetes takes; a misspelt field, a missing one and a wrong kind of value are found',
  { timeout: 180_000 },
  async () => {
    const wrong = [
      changed(edge, ({ spec }) => (spec.replicaz = 2)),
      changed(edge, (_, __, server) => (server.imaeg = server.image)),
      changed(front, (_, pod) => (pod.securityContext.runAsNonroot = true)),
      changed(front, (_, __, caddy) => (caddy.readinessProbe.periodSeconds = 'five')),
      changed(fetcher, ({ spec }) => delete spec.selector),
    ]
    const faults = await faultsOf([...manifests, ...wrong])
    expect(faults.slice(0, manifests.length).flat()).toEqual([])
    const found = faults.slice(manifests.length).map(([first = 'nothing']) => first)
    expect(found).toEqual([
      expect.stringContaining('replicaz'),
      expect.stringContaining('imaeg'),
      expect.stringContaining('runAsNonroot'),
      expect.stringContaining("'string' is not assignable to type 'number'"),
      expect.stringContaining("'selector' is missing"),
    ])
  },
)

test('no container runs as root, may gain a right or write to its root file system; each is limited and probed', () => {
  for (const { spec } of [fetcher, edge, front]) {
    expect(spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    })
    for (const container of spec.template.spec.containers)
      expect(container).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { memory: expect.any(String) }, limits: { memory: expect.any(String) } },
        livenessProbe: expect.any(Object),
        readinessProbe: expect.any(Object),
      })
  }
})

test('two edges without a token of Jira, two that fetch, secrets as files, each server known to Caddy by its name', () => {
  expect([args(fetcher), args(edge)]).toEqual([
    [2, ['serve']],
    [2, ['serve', '--edge']],
  ])
  expect(Object.keys(env(edge))).toEqual(['DATABASE_URL_FILE'])
  expect(Object.keys(env(fetcher))).toEqual(['DATABASE_URL_FILE', 'JIRA_API_KEY_FILE'])
  expect([keys(edge), keys(fetcher)]).toEqual([['database_url'], ['database_url', 'jira_api_key']])
  expect(env(front)).toMatchObject({ JIRA_TPM_UPSTREAM: named(edge), JIRA_TPM_FETCHERS: named(fetcher) })
})

test('probes ask for the server’s own health, by the name that browsers use: it answers to no other', () => {
  const config = manifests.find(({ kind }) => kind === 'ConfigMap')
  const { host } = new URL(config.data.JIRA_TPM_PUBLIC_URL)
  const httpGet = { path: '/health', port: 'http', httpHeaders: [{ name: 'Host', value: host }] }
  for (const { spec } of [fetcher, edge])
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      expect(spec.template.spec.containers[0][probe]).toMatchObject({ httpGet })
})
