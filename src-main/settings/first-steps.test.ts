import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createFirstSteps } from './first-steps.ts'
import { testFolder } from '../../test-support/end.ts'

test('the first steps are there until a person puts them away, and stay away in that workspace', async () => {
  const dataDir = testFolder()
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
