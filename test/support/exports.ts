import { expect } from 'vitest'
import { exportsEnd } from '#lib/http/exporting/turns.ts'
import '#functions/exporter.ts'
import type { EventClient } from './factories.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests read answers freely
export type AnExport = any

/** Wants an export of an event. */
export async function wantExport(
  { ask }: Pick<EventClient, 'ask'>,
  body: { kind: string; format?: string },
  headers?: Record<string, string>,
): Promise<AnExport> {
  const made = await ask('POST', '/exports', body, headers)
  expect(made.status, made.text).toBe(202)
  return made.body
}

export const readExport = async ({ ask }: Pick<EventClient, 'ask'>, id: string) =>
  (await ask('GET', `/exports/${id}`)).body

/** What the schedule does, until nothing is written any more. */
export async function runExports(): Promise<void> {
  const { handler } = await import('#functions/exporter.ts')
  await exportsEnd()
  await handler({ due: true })
  await exportsEnd()
}

/** The file of an export that is done, fetched by its address without any token. */
export async function fileOf(one: AnExport): Promise<{ text: string; headers: Headers }> {
  expect(one.status, one.failure).toBe('done')
  const got = await fetch(one.url)
  expect(got.status).toBe(200)
  const bytes = Buffer.from(await got.arrayBuffer())
  expect(bytes.length).toBe(one.size)
  return { text: bytes.toString('utf8'), headers: got.headers }
}

/** An export from the wish to its text. */
export async function exportText(
  at: Pick<EventClient, 'ask'>,
  kind: string,
  format: 'csv' | 'ndjson',
  headers?: Record<string, string>,
): Promise<string> {
  const { export_id } = await wantExport(at, { kind, format }, headers)
  await runExports()
  return (await fileOf(await readExport(at, export_id))).text
}

export const linesOf = (text: string): AnExport[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
