import { exporterName } from '#lib/base/config.ts'
import type { ExportPlace } from '#lib/store/exports/due.ts'

const own = process.env.AWS_LAMBDA_FUNCTION_NAME
let here: ((place: ExportPlace) => void) | undefined

/** Says who writes exports where there is one process for everything. */
export function exportsRunBy(run: (place: ExportPlace) => void): void {
  here = run
}

/** Has an export written beside whatever else goes on: on AWS each in an invocation of its own. */
export async function callExport(place: ExportPlace): Promise<void> {
  if (own === undefined) return here?.(place)
  const { invokeLater } = await import('#lib/table/invoke.ts')
  await invokeLater(exporterName() ?? own, { export: place })
}
