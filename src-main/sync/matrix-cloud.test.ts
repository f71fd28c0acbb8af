import { matrixSuite } from '../../test-support/sync/matrix-suite.ts'
import { CLOUD_AXES } from '../../test-support/sync/matrix.ts'

matrixSuite(CLOUD_AXES)
