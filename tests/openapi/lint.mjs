// Lints the printed description of the management API with Redocly's strict rules, without the network.
//   node tests/openapi/lint.mjs docs/openapi.json

import { createConfig, formatProblems, lint } from '@redocly/openapi-core'

const rules = {
  // The printed one is for nobody's address.
  'no-server-example.com': 'off',
  'operation-4xx-response': 'error',
  'tag-description': 'error',
}

const config = await createConfig({ extends: ['recommended-strict'], rules })
const problems = (await lint({ ref: process.argv[2], config })).filter((problem) => !problem.ignored)
formatProblems(problems, { format: 'stylish', totals: { errors: problems.length, warnings: 0, ignored: 0 } })
console.log(`${problems.length} problems in ${process.argv[2]}`)
process.exit(problems.length === 0 ? 0 : 1)
