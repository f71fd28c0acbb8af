import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'

const folder = path.join(import.meta.dirname, '../../.github/workflows')
const { scripts } = JSON.parse(await readFile(path.join(import.meta.dirname, '../../package.json'), 'utf8'))

describe.each(await readdir(folder))('%s', async (name) => {
  const text = await readFile(path.join(folder, name), 'utf8')
  const document = parseDocument(text, { uniqueKeys: true })
  const workflow = document.toJS()
  const jobs = Object.entries(workflow.jobs)
  const steps = jobs.flatMap(([, job]) => job.steps)

  test('can be read, and each job has a machine, a limit of time and steps', () => {
    expect([...document.errors, ...document.warnings]).toEqual([])
    for (const [job, { 'runs-on': machine, 'timeout-minutes': limit, needs = [] }] of jobs) {
      expect({ job, machine, limit }).toEqual({ job, machine: expect.any(String), limit: expect.any(Number) })
      for (const other of needs) expect(workflow.jobs).toHaveProperty(other)
    }
    for (const step of steps) expect(Number('run' in step) + Number('uses' in step)).toBe(1)
  })

  test('may only read, unless a job says more; no code of others that could change under it', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    const used = steps.flatMap(({ uses }) => uses ?? [])
    expect(used.filter((action) => !/^actions\/[a-z-]+@[0-9a-f]{40}$/.test(action))).toEqual([])
  })

  test('writes outside itself for a pushed tag alone, in an environment that is first seen to ask for approval', () => {
    for (const [, { permissions = {}, environment, if: condition, steps: own }] of jobs) {
      if (!Object.values(permissions).includes('write')) continue
      expect(condition).toBe("github.event_name == 'push' && github.ref_type == 'tag'")
      expect(environment).toBe('release')
      expect(own[0].run).toMatch(/environments\/release.*required_reviewers[^]*exit 1/)
    }
    const outside = jobs.filter(([, job]) => job.environment === undefined)
    expect(JSON.stringify(outside)).not.toMatch(/gh release|npm publish|NPM_TOKEN/)
  })

  test('keeps what others can name out of its scripts', () => {
    for (const { run = '' } of steps) expect(run).not.toMatch(/\$\{\{\s*(github|secrets|vars|inputs)\./)
  })

  test('calls npm scripts that there are', () => {
    const called = [...text.matchAll(/npm run ([\w:-]+)(?!\$)/g)].map(([, script]) => script)
    const systems = ['linux', 'mac', 'win'].map((system) => `build:${system}`) // of release.yml's matrix
    const named = [...called.filter((script) => !script.endsWith(':')), ...systems]
    expect(named.filter((script) => scripts[script] === undefined)).toEqual([])
  })
})
