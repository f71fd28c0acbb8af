import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createFirstSteps } from './first-steps.ts'

test('the first steps are there until a person puts them away, and stay away in that workspace', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tpm-first-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true }))
  writeFileSync(path.join(dataDir, 'config.json'), JSON.stringify({ zone: 'Europe/Berlin' }))
  const steps = createFirstSteps(dataDir)
  expect(await steps['settings.firstSteps']({})).toEqual({ putAway: false })
  expect(await steps['settings.putFirstStepsAway']({})).toEqual({ putAway: true })
  expect(await createFirstSteps(dataDir)['settings.firstSteps']({})).toEqual({ putAway: true })
  expect(JSON.parse(readFileSync(path.join(dataDir, 'config.json'), 'utf8'))).toEqual({
    zone: 'Europe/Berlin',
    firstStepsPutAway: true,
  })
})
