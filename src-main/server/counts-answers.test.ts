import { countsAnswersSuite } from './counts-answers-suite.ts'

countsAnswersSuite()
