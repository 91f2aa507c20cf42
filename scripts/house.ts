import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'

// Measures the structure that docs/architecture.md promises, and fails where it is broken: node scripts/house.ts

/** From the bottom up: a file imports from its own stratum and from those below it. */
const strata = ['base', 'table', 'model', 'store', 'wire', 'http', 'functions']
/** `table` and `model` stand side by side. */
const beside = [['table', 'model']]

type Import = { from: string; to: string; line: number }

const files = globSync('{lib,functions}/**/*.ts')
  .filter((file) => !file.endsWith('.d.ts'))
  .sort()
const sources = new Map(
  files.map((file) => [
    file,
    ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true),
  ]),
)
const imports = [...sources].flatMap(([file, source]) => importsOf(file, source))

const upward = imports.filter(({ from, to }) => isUpward(stratumOf(from), stratumOf(to)))
const fileCircles = circles(imports.map(({ from, to }) => [from, to]))
const folderEdges = imports
  .map(({ from, to }): [string, string] => [posix.dirname(from), posix.dirname(to)])
  .filter(([a, b]) => a !== b)
const folderCircles = circles(folderEdges)
const many = [...sources].flatMap(([file, source]) => wideFunctions(file, source, 4))
const citations = files.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, n) =>
      /\((contract|threats|design)\b|\b(contract|threats|design) §/.test(line)
        ? `${file}:${n + 1}`
        : [],
    ),
)
const long = [...sources].flatMap(([file, source]) => {
  const lines = source.getLineStarts().length - 1
  return lines > 250 ? `${file}: ${lines}` : []
})

const findings: [string, string[]][] = [
  ['imports against the strata', upward.map(({ from, to, line }) => `${from}:${line} → ${to}`)],
  ['files in a circle of imports', fileCircles],
  ['folders in a circle of imports', folderCircles],
  ['functions with more than 4 parameters', many],
  ['citations of what a clone does not hold', citations],
  ['files over 250 lines', long],
]
console.log(`${files.length} files, ${imports.length} imports, ${strata.length} strata`)
for (const [what, found] of findings) {
  console.log(`${String(found.length).padStart(4)}  ${what}`)
  for (const one of found) console.log(`        ${one}`)
}
process.exitCode = findings.some(([, found]) => found.length > 0) ? 1 : 0

function stratumOf(file: string): string {
  const [top = '', second = ''] = file.split('/')
  return top === 'lib' ? second : top
}

function isUpward(from: string, to: string): boolean {
  if (beside.some((pair) => pair.includes(from) && pair.includes(to) && from !== to)) return true
  return strata.indexOf(to) > strata.indexOf(from)
}

function importsOf(file: string, source: ts.SourceFile): Import[] {
  const found: Import[] = []
  const note = (node: ts.Node, text: string) => {
    const to = resolve(file, text)
    const { line } = source.getLineAndCharacterOfPosition(node.getStart())
    if (to) found.push({ from: file, to, line: line + 1 })
  }
  const visit = (node: ts.Node): void => {
    const isImport = ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
    if (isImport && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      note(node, node.moduleSpecifier.text)
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument && ts.isStringLiteral(argument)) note(node, argument.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function resolve(file: string, text: string): string | undefined {
  if (text.startsWith('#')) return text.slice(1)
  if (text.startsWith('.')) return posix.join(posix.dirname(file), text)
  return undefined
}

/** Whatever reaches itself, by Tarjan's strongly connected components. */
function circles(edges: [string, string][]): string[] {
  const next = Map.groupBy(edges, ([from]) => from)
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []
  const found: string[] = []
  const visit = (node: string): void => {
    index.set(node, index.size)
    low.set(node, index.get(node) ?? 0)
    open.push(node)
    for (const [, to] of next.get(node) ?? []) {
      if (!index.has(to)) visit(to)
      if (open.includes(to)) low.set(node, Math.min(low.get(node) ?? 0, low.get(to) ?? 0))
    }
    if (low.get(node) !== index.get(node)) return
    const group = open.splice(open.indexOf(node))
    if (group.length > 1) found.push(group.sort().join(' '))
  }
  for (const node of new Set(edges.flat())) if (!index.has(node)) visit(node)
  return found
}

function wideFunctions(file: string, source: ts.SourceFile, most: number): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && node.parameters.length > most) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      const name = node.name?.getText() ?? 'a function'
      found.push(`${file}:${line + 1} ${name} takes ${node.parameters.length}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}
