import { Field } from '../controls/field.tsx'
import { useDeskState } from './desk-context.ts'
import { TextField, useField } from './text-field.tsx'

const hint = 'Empty: every one you see.'

/** The project that is watched: typed before the projects are known, chosen afterwards. */
export function ProjectField(): React.ReactNode {
  const projects = useDeskState((state) => state.choices.projects)
  return projects.length === 0 ? (
    <TextField name="projectKey" label="Project" maxLength={32} placeholder="every project" hint={hint} />
  ) : (
    <ProjectChoice />
  )
}

function ProjectChoice(): React.ReactNode {
  const projects = useDeskState((state) => state.choices.projects)
  const field = useField('projectKey')
  const key = field.value.toUpperCase()
  const unknown = key !== '' && projects.every((project) => project.key !== key)
  return (
    <Field label="Project" hint="All that you see, or one of them.">
      {(control) => (
        <select {...control} {...field} value={key}>
          <option value="">Every project</option>
          {unknown && <option value={key}>{key}</option>}
          {projects.map((project) => (
            <option key={project.key} value={project.key}>
              {project.key} · {project.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
