import { DATA_CENTER_AXES, matrixSuite } from '../../test-support/sync/matrix.ts'

matrixSuite(DATA_CENTER_AXES)
