import base from '../vitest.config.ts'
const config = structuredClone({})
const projects = (base as any).test.projects
for (const p of projects) if (p.test?.name === 'postgres') p.test.include = ['src-main/commands/resume.test.ts', 'src-main/commands/menu/menu.test.ts']
export default { ...(base as any), root: '/work/main', ...config }
