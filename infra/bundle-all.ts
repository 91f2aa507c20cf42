import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { bundle, functionNames } from './bundle.ts'
import { sharpForLambda } from './sharp.ts'
import type { Assets } from './stack.ts'

type Built = Assets & { /** What the start of each reads. */ bytes: Map<string, number> }

/** Builds all functions, or those that are named; tells whether sharp could be had for those that need it. */
export async function bundleAll(folder: string, names = functionNames): Promise<Built> {
  const bytes = new Map<string, number>()
  let prepared: ReturnType<typeof sharpForLambda> | undefined
  for (const name of names) {
    const built = await bundle(name, folder)
    bytes.set(name, built.bytes)
    if (!built.sharp) continue
    prepared ??= sharpForLambda()
    if ('folder' in prepared) ship(prepared.folder, join(folder, name))
  }
  const fault = prepared && 'fault' in prepared ? prepared.fault : undefined
  if (fault) {
    console.error('npm could not fetch sharp for linux-arm64: nothing can be deployed.')
    console.error(fault)
  }
  return { folder, complete: !fault, bytes }
}

/** Without what npm notes for itself, which would make another asset on every machine. */
function ship(prepared: string, folder: string): void {
  const filter = (path: string) => !path.endsWith('.package-lock.json')
  cpSync(join(prepared, 'node_modules'), join(folder, 'node_modules'), { recursive: true, filter })
  cpSync('NOTICE', join(folder, 'NOTICE'))
}
