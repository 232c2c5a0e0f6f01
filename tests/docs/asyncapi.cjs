// Read an AsyncAPI document with AsyncAPI's own parser, and events with the schemas beside it. In: the document, a directory of events.
// Out: one JSON object with what the parser has to say, and which events their schemas do not take.
const fs = require("node:fs");
const path = require("node:path");
const { Parser, fromFile } = require("@asyncapi/parser");
const Ajv = require("ajv").default;
const addFormats = require("ajv-formats").default;

async function main([document, events]) {
  const { document: read, diagnostics } = await fromFile(new Parser(), document).parse();
  const ajv = addFormats(new Ajv({ strict: false }));
  const untaken = fs.readdirSync(events).filter((name) => name.endsWith(".event.json")).flatMap((name) => {
    const event = JSON.parse(fs.readFileSync(path.join(events, name), "utf8"));
    const schema = JSON.parse(fs.readFileSync(path.join(path.dirname(document), "schemas", `${event.type}.json`), "utf8"));
    const takes = ajv.compile({ ...schema, $id: undefined });
    const refused = (data) => !takes(data);
    const wrong = { ...event.data, nobody_knows_this: 1 };
    return [...(refused(event.data) ? [`${name}: ${ajv.errorsText(takes.errors)}`] : []), ...(refused(wrong) ? [] : [`${name}: takes anything`])];
  });
  const complaints = diagnostics.filter((each) => each.severity < 2).map((each) => `${each.path.join(".")}: ${each.message}`);
  const operations = read ? read.operations().all().map((each) => [each.action(), each.messages().length]) : [];
  console.log(JSON.stringify({ complaints, untaken, operations }));
}

main(process.argv.slice(2));
