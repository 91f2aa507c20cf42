type Query = { limit?: number; cursor?: string }
type Answer = { data: unknown; response: Response }
/** The rows of a list, whether it comes bare or in an object (`people_list`, `session_list`, …). */
type RowOf<D> = D extends (infer T)[]
  ? T
  : {
      [K in keyof D]: K extends `${string}_list` ? (D[K] extends (infer T)[] ? T : never) : never
    }[keyof D]

/**
 * The pages of a list, one after the other: `pages((page) => api.listPeople({ client, path, query: page }))`. Goes by
 * cursors, so nothing is skipped or comes twice while others write.
 */
export async function* pages<A extends Answer>(
  list: (page: Query) => Promise<A>,
  query: Query = {},
): AsyncGenerator<RowOf<A['data']>[]> {
  for (let cursor: string | undefined = query.cursor; ; ) {
    const { data, response } = await list({ limit: 1000, ...query, ...(cursor && { cursor }) })
    yield rowsOf(data) as RowOf<A['data']>[]
    cursor = nextOf(data, response)
    if (!cursor) return
  }
}

/** The rows of all pages. */
export async function* items<A extends Answer>(
  list: (page: Query) => Promise<A>,
  query: Query = {},
): AsyncGenerator<RowOf<A['data']>> {
  for await (const page of pages(list, query)) yield* page
}

function rowsOf(data: unknown): unknown[] {
  if (Array.isArray(data)) return data
  const found = Object.entries(data as object).find(([name]) => name.endsWith('_list'))
  return (found?.[1] ?? []) as unknown[]
}

function nextOf(data: unknown, { headers }: Response): string | undefined {
  const said = (data as { next_cursor?: string | null }).next_cursor
  if (said !== undefined) return said ?? undefined
  const next = /<([^>]+)>;\s*rel="?next"?/.exec(headers.get('link') ?? '')?.[1]
  return next === undefined ? undefined : (new URL(next).searchParams.get('cursor') ?? undefined)
}
