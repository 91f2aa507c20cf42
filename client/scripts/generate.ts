import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@hey-api/openapi-ts'
import { everyRoute } from '../../functions/every-route.ts'
import { openapi } from '../../lib/http/openapi/document.ts'

/** Makes `src/generated` (or the folder that is named) of the routes, as the reference describes them. */
const path = process.argv[2] ?? join(import.meta.dirname, '../src/generated')
const folder = mkdtempSync(join(tmpdir(), 'plenary-openapi-'))
const input = join(folder, 'openapi.json')
writeFileSync(input, JSON.stringify(openapi(everyRoute, { version: '2' })))
await createClient({
  input,
  output: {
    path,
    importFileExtension: '.ts',
  },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
  logs: { level: 'error' },
})
rmSync(folder, { recursive: true })

// It does not keep to exactOptionalPropertyTypes; whoever uses its types still may.
for (const name of globSync(join(path, '**/*.ts')))
  writeFileSync(name, `// @ts-nocheck\n${readFileSync(name, 'utf8')}`)
