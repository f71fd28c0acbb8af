import { matrixSuite } from './matrix-suite.ts'
import { DATA_CENTER_AXES } from './testing-matrix.ts'

matrixSuite(DATA_CENTER_AXES)
