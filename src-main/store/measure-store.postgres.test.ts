import { measureSuite } from './suite/measure-suite.ts'

measureSuite()
