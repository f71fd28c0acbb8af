import { countsAnswersSuite } from '../../../test-support/server/counts-answers-suite.ts'

countsAnswersSuite()
