import { existsSync, readFileSync } from 'node:fs'

/** A JSON type, the name of a definition, a list of one of them, or fields. */
export type Shape = string | [Shape] | { [field: string]: Shape }
export type Shapes = {
  /** `GET /path` → what it answers; null for no body. */
  answers: Record<string, Shape | null>
  definitions: Record<string, Shape>
}

type Node = { $ref?: string; type?: string; items?: Node; properties?: Record<string, Node> }
type Operation = { responses?: Record<string, { schema?: Node }> }
type Swagger = {
  paths: Record<string, Record<string, Operation>>
  definitions: Record<string, Node>
}

/** Paths, methods, field names and types of a Swagger 2 document, and nothing that anybody wrote in it. */
function shapesOf(swagger: Swagger): Shapes {
  const answers: Shapes['answers'] = {}
  for (const [path, methods] of Object.entries(swagger.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const schema = operation.responses?.['200']?.schema
      answers[`${method.toUpperCase()} ${path}`] = schema ? shapeOf(schema) : null
    }
  }
  const definitions = Object.entries(swagger.definitions).map(([name, one]) => [name, shapeOf(one)])
  return { answers, definitions: Object.fromEntries(definitions) }
}

function shapeOf(node: Node): Shape {
  if (node.$ref) return node.$ref.replace('#/definitions/', '')
  if (node.type === 'array' && node.items) return [shapeOf(node.items)]
  if (!node.properties) return node.type ?? 'object'
  const fields = Object.entries(node.properties).map(([name, one]) => [name, shapeOf(one)])
  return Object.fromEntries(fields)
}

/** What a value lacks of a shape, each with its place; more than the shape names may be there. */
export function lacks(value: unknown, shape: Shape, shapes: Shapes, at = 'answer'): string[] {
  if (typeof shape === 'string') {
    const defined = shapes.definitions[shape]
    if (defined !== undefined) return lacks(value, defined, shapes, at)
    return typeOf(value, shape) ? [] : [`${at} is no ${shape}: ${JSON.stringify(value)}`]
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [`${at} is no array`]
    return value.flatMap((one, n) => lacks(one, shape[0], shapes, `${at}[${n}]`))
  }
  if (typeof value !== 'object' || value === null) return [`${at} is no object`]
  const fields: Record<string, unknown> = { ...value }
  return Object.entries(shape).flatMap(([name, one]) =>
    name in fields
      ? lacks(fields[name], one, shapes, `${at}.${name}`)
      : [`${at}.${name} is not there`],
  )
}

function typeOf(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

/** The published document, where somebody has laid a copy beside the project. */
export function publishedShapes(file = '../shared/spec/eventmobi-v2.swagger.json') {
  return existsSync(file) ? shapesOf(JSON.parse(readFileSync(file, 'utf8'))) : undefined
}

// Run with a path, it prints the table that test/api/eventmobi-shapes.json keeps.
if (import.meta.main) console.log(JSON.stringify(publishedShapes(process.argv[2]), null, 2))
