import { enableCompileCache } from 'node:module'
import { keepFilesPrivate } from './runtime/private-files.ts'
import { projectFile } from './runtime/project-files.ts'

keepFilesPrivate()
// Next to the program, which only those can write who can change it anyway; where nobody may, all is compiled anew.
enableCompileCache(projectFile('out', '.compiled'))
// Not awaited: a module that imports this one would wait for it, and it for that.
void import('./commands/cli-process.ts')
