import { matrixSuite } from './matrix-suite.ts'
import { CLOUD_AXES } from './testing-matrix.ts'

matrixSuite(CLOUD_AXES)
