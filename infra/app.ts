import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { bundleAll } from './bundle-all.ts'
import { plenaryStack } from './stack.ts'

try {
  await synth()
} catch (error) {
  if (!(error instanceof Error) || error.name !== 'SettingError') throw error
  console.error(error.message)
  process.exit(1)
}

/** What `cdk` runs: bundles first, so that a fresh clone needs no other command. */
async function synth(): Promise<void> {
  const app = new App()
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  plenaryStack(app, await bundleAll('dist'))
  app.synth()
}
