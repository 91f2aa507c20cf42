import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { defaults } from '#infra/settings.ts'
import { benches } from '../../bench/all.ts'
import { bill, idle, total } from '../../scripts/cost/bill.ts'
import prices from '../../scripts/cost/prices.json' with { type: 'json' }
import usage from '../../scripts/cost/usage.json' with { type: 'json' }
import { make, view } from './template/template.ts'

const template = view(make())

test.each([
  [0, 2.19],
  [1_000, 3.18],
  [10_000, 12.1],
  [100_000, 101],
])('says what a month with %i attendees costs, about %i dollars', (attendees, dollars) => {
  expect(total(bill(attendees)) / dollars).toBeCloseTo(1, 1)
})

test('counts every alarm of the template in what a month costs without a request', () => {
  const metrics = template
    .all('CloudWatch::Alarm')
    .flatMap(
      ([, { Properties }]) =>
        Properties.Metrics?.filter((one: { MetricStat?: unknown }) => one.MetricStat) ?? [
          Properties,
        ],
    )
  expect(idle().Alarms).toBeCloseTo(metrics.length * prices.alarm)
})

test('dates its prices and its units', () => {
  for (const date of [prices.date, usage.measured]) expect(date).toMatch(/^\d{4}-\d\d-\d\d$/)
  expect(Object.keys(benches)).toContain('units')
})

test('names what the bundles hold, the libraries inside libvips too, and nothing of this machine', () => {
  execFileSync(process.execPath, ['scripts/sbom.ts'])
  const { bomFormat, components, dependencies } = JSON.parse(
    readFileSync('dist/sbom.cdx.json', 'utf8'),
  )
  const names: string[] = components.map(({ name }: { name: string }) => name)
  expect(bomFormat).toBe('CycloneDX')
  expect(names).toEqual(
    expect.arrayContaining([
      'hono',
      'sharp',
      '@img/sharp-libvips-linux-arm64',
      'libvips/vips',
      'libvips/glib',
    ]),
  )
  expect(
    names.filter((name) => /dynoxide|node-linux|vitest|aws-cdk|darwin|win32/.test(name)),
  ).toEqual([])
  const refs = components.map((one: { 'bom-ref': string }) => one['bom-ref'])
  for (const { dependsOn } of dependencies) for (const ref of dependsOn) expect(refs).toContain(ref)
})

test('gives a notice of libvips and its licence', () => {
  expect(readFileSync('NOTICE', 'utf8')).toMatch(/libvips[\s\S]*GNU Lesser General Public License/)
})

test('runs no install script of a dependency', () => {
  expect(existsSync('.npmrc')).toBe(true)
  expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m)
})

test('documents every setting of a deployment', () => {
  const deploy = readFileSync('docs/deploy.md', 'utf8')
  const rows = deploy.split('\n').filter((line) => line.startsWith('| `'))
  for (const name of Object.keys(defaults)) {
    expect(
      rows.some((row) => row.split('|')[1]?.includes(`\`${name}\``)),
      name,
    ).toBe(true)
  }
})

test.each([
  ['darwin', 'arm64'],
  ['linux', 'arm64'],
  ['linux', 'x64'],
])('installs from the lock on %s %s', (os, cpu) => {
  const args = [
    'ci',
    '--dry-run',
    '--offline',
    `--os=${os}`,
    `--cpu=${cpu}`,
    '--no-audit',
    '--no-fund',
  ]
  expect(execFileSync('npm', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString()).toMatch(
    /added \d+|up to date|^change plenary-client/,
  )
})

test('holds no address to download from in the lock', () => {
  // The client stands in a folder of its own, to which its entry points.
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const resolved = Object.values<{ resolved?: string }>(packages).flatMap(
    (one) => one.resolved ?? [],
  )
  expect(resolved).toEqual(['client'])
})
