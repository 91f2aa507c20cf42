import { newId, newTokenText } from '#lib/base/ids.ts'
import { acceptToken } from '#lib/store/write/tokens.ts'

// Makes the first token of a deployment: TABLE_NAME=… AWS_REGION=… npm run token
// with the operator's AWS credentials in the environment. It is shown once and stored as a hash.
if (!process.env.TABLE_NAME) {
  console.error('Set TABLE_NAME to the table that the deployment printed (output TableName).')
  process.exit(1)
}
const token = newTokenText(newId('token'))
const { organisation } = await acceptToken(token)
console.log(`organisation  ${organisation}\ntoken         ${token}`)
