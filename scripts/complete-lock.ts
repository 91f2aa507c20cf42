import { readFileSync, writeFileSync } from 'node:fs'

// npm leaves builds for other platforms out of package-lock.json when it cannot see them while it writes
// the file (npm/cli#4828), and then refuses its own lock on `npm ci`. This puts them in; run it after
// every `npm install`: node scripts/complete-lock.ts

type Entry = {
  version: string
  dev?: boolean
  cpu?: string[]
  libc?: string[]
  optional?: boolean
  os?: string[]
  optionalDependencies?: Record<string, string>
}
type Lock = { packages: Record<string, Entry> }

const file = 'package-lock.json'
const lock: Lock = JSON.parse(readFileSync(file, 'utf8'))

const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
  Object.entries(entry.optionalDependencies ?? {})
    .filter(([name]) => !isListed(path, name))
    .map(
      ([name, version]) => [`node_modules/${name}`, build(name, version, entry)] as [string, Entry],
    ),
)
const packages = Object.entries(lock.packages).concat(missing)
packages.sort(([a], [b]) => a.localeCompare(b, 'en'))
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`,
)
console.log(`${missing.length} builds for other platforms added`)

/** Looks where Node would: beside the package, then in every folder above it. */
function isListed(path: string, name: string): boolean {
  const parts = path.split('/node_modules/')
  return parts.some((_part, index) => {
    const above = parts.slice(0, parts.length - index).join('/node_modules/')
    return (
      `${above}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages
    )
  })
}

/** What the package's own package.json would say, as far as its name tells. */
function build(name: string, version: string, { dev }: Entry): Entry {
  const [os, cpu] =
    /-(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)/.exec(name)?.slice(1) ?? []
  if (!os || !cpu || !/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`what is ${name}@${version}?`)
  const libc = name.includes('musl') ? ['musl'] : name.includes('gnu') ? ['glibc'] : undefined
  return {
    version,
    cpu: [cpu],
    ...(dev && { dev }),
    ...(libc && { libc }),
    optional: true,
    os: [os],
  }
}
