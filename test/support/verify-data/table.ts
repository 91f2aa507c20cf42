import { DeleteCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { tableName } from '#lib/base/config.ts'
import { client } from '#lib/table/client.ts'

// biome-ignore lint/suspicious/noExplicitAny: rows are changed freely
export type Row = Record<string, any> & { pk: string; sk: string }

/** A copy of the whole table, from which rows are broken and put back. */
export class Copy {
  readonly rows: Row[]
  #touched = new Map<string, Row | undefined>()

  private constructor(rows: Row[]) {
    this.rows = rows
  }

  static async read(): Promise<Copy> {
    const rows: Row[] = []
    let ExclusiveStartKey: Record<string, unknown> | undefined
    do {
      const page = await client().send(
        new ScanCommand({ TableName: tableName(), ConsistentRead: true, ExclusiveStartKey }),
      )
      rows.push(...((page.Items ?? []) as Row[]))
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey)
    return new Copy(rows)
  }

  /** The rows under a pattern of `<partition key> <sort key>`, of which some must be there. */
  all(pattern: RegExp, fits: (row: Row) => boolean = () => true): Row[] {
    const found = this.rows.filter((row) => pattern.test(`${row.pk} ${row.sk}`) && fits(row))
    if (found.length === 0) throw new Error(`no row like ${pattern}`)
    return found
  }

  one = (pattern: RegExp, fits?: (row: Row) => boolean): Row => this.all(pattern, fits)[0] as Row

  at = (pk: string, sk: string): Row => this.one(/./, (row) => row.pk === pk && row.sk === sk)

  async put(row: Row): Promise<void> {
    this.#remember(row)
    await client().send(new PutCommand({ TableName: tableName(), Item: row }))
  }

  async drop({ pk, sk }: Row): Promise<void> {
    this.#remember({ pk, sk })
    await client().send(new DeleteCommand({ TableName: tableName(), Key: { pk, sk } }))
  }

  async undo(): Promise<void> {
    for (const [name, before] of this.#touched) {
      const [pk = '', sk = ''] = name.split('\n')
      if (before) await client().send(new PutCommand({ TableName: tableName(), Item: before }))
      else await client().send(new DeleteCommand({ TableName: tableName(), Key: { pk, sk } }))
    }
    this.#touched = new Map()
  }

  /** Puts back all that is other than it was, whoever wrote it. */
  async restore(): Promise<void> {
    const name = ({ pk, sk }: Row) => `${pk}\n${sk}`
    const before = new Set(this.rows.map(name))
    const { rows } = await Copy.read()
    for (const row of rows) if (!before.has(name(row))) await this.drop(row)
    for (const row of this.rows) await this.put(row)
  }

  #remember({ pk, sk }: Row): void {
    const name = `${pk}\n${sk}`
    const before = this.rows.find((row) => row.pk === pk && row.sk === sk)
    if (!this.#touched.has(name)) this.#touched.set(name, before)
  }
}
