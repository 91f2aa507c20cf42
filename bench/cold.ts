import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, functionNames } from '#infra/bundle.ts'
import type { Measure } from './people.ts'

/** CPU to load each function's bundle in a new process, against one of bare Hono and DynamoDB; in turns, medians. */
export async function coldBench(runs = 5): Promise<Measure[]> {
  const dist = mkdtempSync(join(tmpdir(), 'plenary-cold-'))
  // What is not bundled (sharp) is found as a Lambda layer would have it.
  symlinkSync(join(process.cwd(), 'node_modules'), join(dist, 'node_modules'))
  try {
    await bundle('bare', dist, 'bench/bare.ts')
    for (const name of functionNames) await bundle(name, dist)
    const names = ['bare', ...functionNames]
    const taken = new Map<string, number[]>(names.map((name) => [name, []]))
    for (let run = 0; run < runs; run += 1) {
      for (const name of names) taken.get(name)?.push(loadingMs(join(dist, name, 'index.js')))
    }
    const median = (name: string) =>
      taken.get(name)?.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN
    return functionNames.map((name) => ({
      name: `loading ${name} / loading bare Hono and DynamoDB`,
      value: median(name) / median('bare'),
      limit: limits[name] ?? 1.25,
      unit: '×',
    }))
  } finally {
    rmSync(dist, { recursive: true, force: true })
  }
}

// The aims; none but the feed's is reached yet (docs/performance.md).
const limits: Record<string, number> = { people: 1.3, sessions: 1.3, reference: 1.05 }

const script =
  'const at=process.cpuUsage();require(process.argv[1]);const {user,system}=process.cpuUsage(at);console.log((user+system)/1000);process.exit(0)'

const loadingMs = (path: string): number =>
  Number(
    execFileSync(process.execPath, ['-e', script, path], {
      encoding: 'utf8',
      env: {
        ...process.env,
        AWS_REGION: 'eu-central-1',
        AWS_LAMBDA_FUNCTION_NAME: '',
        DYNAMODB_ENDPOINT: '',
      },
    }),
  )
