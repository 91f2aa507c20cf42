import { stack } from './stack.ts'

// Before any test file is loaded, so that whatever it imports finds the engines in the environment.
await stack()
