import type { Handlers } from '../../src-shared/contract/methods.ts'
import { changeConfigFile, readConfigFile } from '../config/config-file.ts'

/** What a workspace shows to who opens it for the first time. Throws as `readConfigFile` and `changeConfigFile`. */
export function createFirstSteps(
  dataDir: string,
): Pick<Handlers, 'settings.firstSteps' | 'settings.putFirstStepsAway'> {
  return {
    'settings.firstSteps': async () => ({ putAway: readConfigFile(dataDir).firstStepsPutAway === true }),
    async 'settings.putFirstStepsAway'() {
      await changeConfigFile(dataDir, (content) => ({ ...content, firstStepsPutAway: true }))
      return { putAway: true }
    },
  }
}
