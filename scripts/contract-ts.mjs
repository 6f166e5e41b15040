// Makes TypeScript from the JSON Schema of the contract: schema on standard input, contract.ts on standard output.
import { compile } from "json-schema-to-typescript";
import { readFileSync } from "node:fs";

const schema = JSON.parse(readFileSync(0, "utf8"));
const made = await compile(schema, "Contract", {
  additionalProperties: false,
  // "At most 20" as a union of twenty tuples helps nobody: lengths are the server's to check.
  ignoreMinAndMaxItems: true,
  unreachableDefinitions: true,
  bannerComment: "// Made by `python -m contract.export` from contract/*.py. Do not edit.",
  format: false,
});
process.stdout.write(made);
