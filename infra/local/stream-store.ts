import { DatabaseSync } from 'node:sqlite'

const hourMs = 3_600_000
const keptHours = 24

/**
 * The engine numbers the records of a stream by looking at all of them: with an index each write costs the same however
 * many there are. Records are trimmed after a day, as DynamoDB does. Gives what ends the trimming.
 */
export function tendStream(file: string): () => void {
  inDatabase(file, (database) =>
    database.exec(
      'CREATE INDEX IF NOT EXISTS plenary_stream ' +
        'ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
    ),
  )
  const timer = setInterval(() => trim(file), hourMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** The last record stays: the engine goes on numbering from it. */
function trim(file: string): void {
  const before = Math.floor(Date.now() / 1000) - keptHours * 3_600
  inDatabase(file, (database) =>
    database
      .prepare(
        'DELETE FROM _stream_records WHERE created_at < ? ' +
          'AND id < (SELECT MAX(id) FROM _stream_records)',
      )
      .run(before),
  )
}

/** The engine has the database open as well: whoever comes second waits. */
function inDatabase(file: string, work: (database: DatabaseSync) => unknown): void {
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA busy_timeout = 5000')
    work(database)
  } finally {
    database.close()
  }
}
