import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('the client knows the routes as they are: else npm run generate', () => {
  const fresh = mkdtempSync(join(tmpdir(), 'plenary-client-'))
  execFileSync(process.execPath, ['client/scripts/generate.ts', fresh], { stdio: 'ignore' })
  const kept = 'client/src/generated'
  const names = (folder: string) => globSync('**/*.ts', { cwd: folder }).sort()
  expect(names(fresh)).toEqual(names(kept))
  const changed = names(fresh).filter(
    (name) => readFileSync(join(fresh, name), 'utf8') !== readFileSync(join(kept, name), 'utf8'),
  )
  expect(changed).toEqual([])
})
