import { measureSuite } from '../../test-support/store-suite/measure-suite.ts'

measureSuite()
