import { build } from 'esbuild'

/** The script of the console, made of `console/`. */
export async function consoleScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['console/main.tsx'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    tsconfig: 'console/tsconfig.json',
    write: false,
    logLevel: 'warning',
  })
  return outputFiles[0]?.text ?? ''
}
