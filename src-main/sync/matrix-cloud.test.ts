import { CLOUD_AXES, matrixSuite } from '../../test-support/sync/matrix.ts'

matrixSuite(CLOUD_AXES)
