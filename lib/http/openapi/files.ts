import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** A folder that the reference reads: beside its code on Lambda (see infra/bundle.ts), here where it belongs. */
export function besideCode(onLambda: string, here: string): string {
  const root = process.env.LAMBDA_TASK_ROOT
  return root ? join(root, onLambda) : resolve(here)
}

/** A text that was made with the bundle; undefined where there is none. */
export function builtFile(name: string): string | undefined {
  const root = process.env.LAMBDA_TASK_ROOT
  return root ? readFileSync(join(root, name), 'utf8') : undefined
}
