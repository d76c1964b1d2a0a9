// Runs the example's agents in Node, without Netbase: `node test.mjs`. Node 20 or later.
//
// The workflow is the one that Netbase runs, read from ../workflow.json. Its whole expression language
// is not here: only paths such as ${nodes.split.output.chunks}.
import assert from "node:assert/strict";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { WASI } from "node:wasi";

const EXAMPLE = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), "word-count-"));
after(() => rmSync(scratch, { recursive: true }));

const DEFAULT_LIMITS = { memory_bytes: 64 << 20, output_bytes: 1 << 20, input_bytes: 16 << 20 };
const readJson = (path) => JSON.parse(readFileSync(join(EXAMPLE, path), "utf8"));
const agents = new Map(readJson("agents.json").map((agent) => [agent.name, agent]));
const { definition } = readJson("workflow.json");
const inputs = readJson("inputs.json");
const text = readFileSync(join(EXAMPLE, "package", inputs.file));
const modules = new Map();

function moduleOf(file) {
  if (!modules.has(file)) {
    modules.set(file, new WebAssembly.Module(readFileSync(join(EXAMPLE, "package", file))));
  }
  return modules.get(file);
}

/** Limits as Netbase lays them over each other: the defaults, the module's, the agent's. */
function limitsOf({ file, config }) {
  const beside = `package/${file.replace(/\.wasm$/, ".config.json")}`;
  const module = existsSync(join(EXAMPLE, beside)) ? readJson(beside) : {};
  return { ...DEFAULT_LIMITS, ...module.limits, ...config?.limits };
}

/** One task: a new instance, as a worker would make it. Throws what the task would fail with. */
function runAgent(name, input, asset = join(EXAMPLE, "package")) {
  const agent = agents.get(name);
  const { file, config } = agent;
  const limits = limitsOf(agent);
  const bytes = Buffer.from(typeof input === "string" ? input : JSON.stringify(input));
  assert(bytes.length <= limits.input_bytes, `${name}: input of ${bytes.length} bytes`);

  const workspace = mkdtempSync(join(scratch, "task-"));
  const [stdin, stdout, stderr] = ["stdin", "stdout", "stderr"].map((stream) => join(workspace, stream));
  writeFileSync(stdin, bytes);
  const descriptors = [openSync(stdin, "r"), openSync(stdout, "w"), openSync(stderr, "w")];
  let output;
  try {
    const wasi = new WASI({
      version: "preview1",
      args: [file, ...(config?.args ?? [])],
      env: {},
      preopens: { "/workspace": workspace, "/asset": asset },
      stdin: descriptors[0],
      stdout: descriptors[1],
      stderr: descriptors[2],
      returnOnExit: true,
    });
    const { exports } = new WebAssembly.Instance(moduleOf(file), wasi.getImportObject());
    if (exports._start) {
      const code = wasi.start({ exports });
      if (code) throw new Error(`exit code ${code}`);
      output = readFileSync(stdout);
    } else {
      wasi.initialize({ exports });
      output = deliver(exports, bytes);
    }
    const memory = exports.memory.buffer.byteLength;
    assert(memory <= limits.memory_bytes, `${name}: memory of ${memory} bytes`);
  } catch (error) {
    throw new Error(`${error.message}: ${readFileSync(stderr, "utf8").trim()}`);
  } finally {
    descriptors.forEach((descriptor) => closeSync(descriptor));
    rmSync(workspace, { recursive: true });
  }
  assert(output.length <= limits.output_bytes, `${name}: output of ${output.length} bytes`);
  return JSON.parse(output.toString());
}

/** Kind 1: the input is written where alloc() says, the output read where run() says. */
function deliver(exports, input) {
  const at = exports.alloc(input.length) >>> 0;
  new Uint8Array(exports.memory.buffer, at, input.length).set(input);
  const packed = BigInt.asUintN(64, exports.run(at, input.length));
  const output = new Uint8Array(exports.memory.buffer, Number(packed >> 32n), Number(packed & 0xffffffffn));
  return Buffer.from(output);
}

function evaluate(expression, names) {
  if (typeof expression === "object") {
    return Object.fromEntries(Object.entries(expression).map(([key, value]) => [key, evaluate(value, names)]));
  }
  const path = /^\$\{([\w.]+)\}$/.exec(expression);
  return path ? path[1].split(".").reduce((value, name) => value[name], names) : expression;
}

/** Nodes in the order of the file, which lists each after what it depends on. */
function runWorkflow(runInputs, runTask = runAgent) {
  const names = { inputs: runInputs, nodes: {} };
  for (const node of definition.nodes) {
    const run = (more) => runTask(node.agent, evaluate(node.inputs, { ...names, ...more }));
    const output = node.for_each
      ? evaluate(node.for_each, names).map((item, index) => run({ item, index }))
      : run({});
    names.nodes[node.key] = { output };
  }
  return evaluate(definition.output, names);
}

const isSpace = (byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

test("the workflow's output is the expected one", () => {
  assert.deepEqual(runWorkflow(inputs), readJson("expected.json"));
});

test("the number of chunks does not change the result", () => {
  const expected = readJson("expected.json");
  for (const chunks of [1, 7, 200]) {
    assert.deepEqual(runWorkflow({ ...inputs, chunks }), expected);
  }
});

test("the same input gives the same outputs, in the same order", () => {
  const record = () => {
    const outputs = [];
    runWorkflow(inputs, (name, input) => {
      const output = runAgent(name, input);
      outputs.push(JSON.stringify(output));
      return output;
    });
    return outputs;
  };
  assert.deepEqual(record(), record());
});

test("chunks cover the file without gap or overlap and are cut at white space", () => {
  for (const chunks of [1, 2, 24, 256]) {
    const output = runAgent("words-split", { ...inputs, chunks });
    assert.equal(output.size_bytes, text.length);
    assert.equal(output.chunks.length, chunks);
    let end = 0;
    for (const chunk of output.chunks) {
      assert.equal(chunk.start, end);
      assert(chunk.end > chunk.start);
      assert(chunk.start === 0 || isSpace(text[chunk.start]));
      end = chunk.end;
    }
    assert.equal(end, text.length);
  }
});

test("small, empty and odd files are split and counted", () => {
  const asset = join(scratch, "asset");
  mkdirSync(asset);
  const cases = [
    ["", 3, {}],
    ["   \n", 3, {}],
    ["abracadabra", 4, { abracadabra: 1 }],
    ["Don't stop: DON'T\n", 4, { don: 2, stop: 1, t: 2 }],
    ["na\u00efve \u00a35 A-a_a", 5, { a: 3, na: 1, ve: 1 }],
  ];
  for (const [content, chunks, counts] of cases) {
    writeFileSync(join(asset, "small.txt"), content);
    const split = runAgent("words-split", { file: "small.txt", chunks }, asset);
    const parts = split.chunks.map((chunk) => runAgent("words-count", { file: "small.txt", chunk }, asset));
    assert.deepEqual(runAgent("words-merge", { parts }), counts, JSON.stringify(content));
  }
});

test("a whole file may be one chunk", () => {
  const counts = runAgent("words-count", { file: inputs.file, chunk: { start: 0, end: text.length } });
  assert.equal(Object.values(counts).reduce((sum, n) => sum + n, 0), readJson("expected.json").total_words);
});

test("JSON with other members, white space and escapes is understood", () => {
  const chunk = '{"note":["]",{"end":1}] , "end" : 9, "start" : 0 }';
  const input = `\n{ "x": {"file": "no", "y": "\\"}"}, "n": -1.5e3, "chunk": ${chunk}, "file": "data\\/austen.txt" }`;
  assert.deepEqual(runAgent("words-count", input), { sense: 1, and: 1 });
});

test("equally frequent words come in the order of their letters", () => {
  const counts = { pear: 2, fig: 2, apple: 2, plum: 3, quince: 1 };
  assert.deepEqual(runAgent("words-top", { counts, limit: 3 }), {
    total_words: 10,
    distinct_words: 5,
    top: [{ word: "plum", count: 3 }, { word: "apple", count: 2 }, { word: "fig", count: 2 }],
  });
  assert.equal(runAgent("words-top", { limit: 1000, counts }).top.length, 5);
  assert.deepEqual(runAgent("words-top", { limit: 1, counts: {} }), { total_words: 0, distinct_words: 0, top: [] });
});

test("bad input fails the task and says why", () => {
  const chunk = { start: 0, end: 10 };
  const cases = [
    ["words-split", { file: "data/none.txt", chunks: 2 }, /exit code 1.*none\.txt/],
    ["words-split", { file: inputs.file, chunks: 0 }, /exit code 1.*chunks must be 1 to 256/],
    ["words-split", "[]", /exit code 1.*unreadable input/],
    ["words-merge", { parts: [{ a: "b" }] }, /exit code 1.*unreadable input/],
    ["words-count", { file: "data/none.txt", chunk }, /unreachable.*no such file/],
    ["words-count", { file: "../workflow.json", chunk }, /unreachable.*cannot be opened/],
    ["words-count", { file: inputs.file, chunk: { start: 0, end: text.length + 1 } }, /unreachable.*after the file/],
    ["words-count", { file: inputs.file, chunk: { start: -1, end: 10 } }, /unreachable.*whole number/],
    ["words-count", { file: inputs.file, chunk: { start: 10, end: 0 } }, /unreachable.*range/],
    ["words-count", { file: inputs.file }, /unreachable.*lacks/],
    ["words-count", '{"file":"data', /unreachable.*too early/],
    ["words-top", { counts: {} }, /unreachable.*lacks limit/],
    ["words-top", { counts: {}, limit: 0 }, /unreachable.*limit must be 1 to 1000/],
    ["words-top", { counts: { a: 1.5 }, limit: 1 }, /unreachable.*whole number/],
    ["words-top", '{"limit":1,"counts":{"a":1', /unreachable.*too early/],
  ];
  for (const [agent, input, message] of cases) {
    assert.throws(() => runAgent(agent, input), { message }, `${agent} ${JSON.stringify(input)}`);
  }
});

test("no module imports more than WASI preview 1", () => {
  for (const { file } of agents.values()) {
    for (const { module, name } of WebAssembly.Module.imports(moduleOf(file))) {
      assert.equal(module, "wasi_snapshot_preview1", `${file} imports ${module}.${name}`);
    }
  }
});
