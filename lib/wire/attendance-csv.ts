import { stringify } from 'csv-stringify/sync'
import type { Attended } from '#lib/store/door/read.ts'
import { attendedLine } from './checkin.ts'

/** Attendance as CSV, as spreadsheets read it: byte-order mark, CRLF, one header line, formulas escaped. */
export const attendanceCsv = (rows: Attended[], zone: string): string =>
  stringify(
    rows.map((row) => attendedLine(row, zone)),
    {
      bom: true,
      header: true,
      columns: [
        ...['person_id', 'first_name', 'last_name', 'email_address', 'company'],
        ...['seconds', 'first_in', 'last_out'],
      ],
      escape_formulas: true,
      record_delimiter: 'windows',
    },
  )
