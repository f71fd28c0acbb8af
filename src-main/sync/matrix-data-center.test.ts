import { matrixSuite } from '../../test-support/sync/matrix-suite.ts'
import { DATA_CENTER_AXES } from '../../test-support/sync/matrix.ts'

matrixSuite(DATA_CENTER_AXES)
