import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Validations } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { functionNames } from '#infra/bundle.ts'
import { plenaryStack } from '#infra/stack.ts'
import cdk from '../../../cdk.json' with { type: 'json' }

// biome-ignore lint/suspicious/noExplicitAny: a template is free-form JSON
export type Json = any
export type Resource = {
  Type: string
  Properties: Json
  DeletionPolicy?: string
  UpdateReplacePolicy?: string
}
export type Made = { Resources: Record<string, Resource>; Outputs: Json; Rules?: Json }

/** One thing that must stay true of the template, and a change of the template that only it notices. */
export type Rule = {
  says: string
  holds: (template: View) => unknown
  broken: (template: View) => unknown
}

export type View = ReturnType<typeof view>

/** Ways to find things in a template; changing what is found changes the template. */
export function view(template: Made) {
  const all = (type: string): [string, Resource][] =>
    Object.entries(template.Resources).filter(([, one]) => one.Type === `AWS::${type}`)
  const one = (type: string, start = ''): Resource => {
    const found = all(type).find(([id]) => id.startsWith(start))
    if (!found) throw new Error(`no ${type} ${start}`)
    return found[1]
  }
  const properties = (type: string, start = ''): Json => one(type, start).Properties
  return { template, all, one, properties }
}

type Options = { nag?: boolean; incomplete?: boolean }

/** The template for such settings, made with stand-ins for the bundles; cdk-nag runs when it is asked to. */
export function make(context: Record<string, unknown> = {}, options: Options = {}): Made {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-template-'))
  try {
    for (const name of functionNames) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'index.js'), `exports.handler = async () => '${name}'`)
    }
    const app = new App({
      outdir: join(folder, 'out'),
      context: { ...cdk.context, ...quick, ...context },
    })
    if (options.nag) Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
    const stack = plenaryStack(app, { folder, complete: !options.incomplete })
    return Template.fromStack(stack).toJSON() as Made
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** CDK's own rules take seconds; one test runs them, and `cdk synth`. */
const quick = { '@aws-cdk/core:validateAgainstDefaultRules': false }
