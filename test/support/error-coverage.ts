import { appendFileSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import type { ErrorName } from '#lib/base/errors.ts'

const variable = 'PLENARY_ERRORS_SEEN'
const seen = new Set<string>()

/** Notes that a test has provoked an error of a route. */
export function provoked(route: string, error: ErrorName): void {
  const folder = process.env[variable]
  const line = `${route} ${error}\n`
  if (!folder || seen.has(line)) return
  seen.add(line)
  appendFileSync(join(folder, String(process.pid)), line)
}

/**
 * Fails a run of all tests when an error that some route lists was provoked by none (style, rule 15), and
 * tells how many of the routes' own lists were gone through.
 */
export function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-provoked-'))
  process.env[variable] = folder
  return async () => {
    const lines = readdirSync(folder).flatMap((name) =>
      readFileSync(join(folder, name), 'utf8').split('\n'),
    )
    rmSync(folder, { recursive: true })
    const files = new Set(project.vitest.state.getFiles().map(({ filepath }) => filepath))
    const whole = files.size === globSync('test/**/*.test.ts').length
    const judged = whole && !project.vitest.config.testNamePattern
    if (judged || process.env.SHOW_UNPROVOKED) await judge(new Set(lines))
  }
}

async function judge(pairs: Set<string>): Promise<void> {
  const { everyRoute } = await import('#functions/every-route.ts')
  const { errorsOf } = await import('#lib/http/openapi/errors.ts')
  const listed = everyRoute.flatMap(({ id, errors = [] }) =>
    errors.map((error) => `${id} ${error}`),
  )
  const open = listed.filter((pair) => !pairs.has(pair))
  console.log(
    `Of ${listed.length} errors in the lists of routes, ${listed.length - open.length} were provoked.`,
  )
  if (process.env.SHOW_UNPROVOKED) console.log(open.join('\n'))
  const names = new Set([...pairs].map((pair) => pair.split(' ')[1]))
  const never = [...new Set(everyRoute.flatMap(errorsOf))].filter((name) => !names.has(name))
  if (never.length > 0) throw new Error(`No test provokes ${never.join(', ')}.`)
}
