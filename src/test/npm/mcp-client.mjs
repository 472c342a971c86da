// A client of an MCP server, made of the libraries of its authors: reads steps from standard input,
// one JSON object a line, and prints what came of each, one JSON object a line.
//
//   node mcp-client.mjs legacy|modern COMMAND ARGUMENT…      a server that the client starts
//   node mcp-client.mjs legacy|modern http://… TOKEN         one that runs already
import { createInterface } from 'node:readline';

const [era, command, ...args] = process.argv.slice(2);
const forms = process.env.FORMS; // the answer to each form; without it, the client shows none
const capabilities = forms ? { elicitation: { form: {} } } : {};
const info = { name: 'test-client', version: '1.2.3' };
const env = process.env;

const isHttp = command.startsWith('http://');

async function library() {
  const root =
    era === 'legacy' ? '@modelcontextprotocol/sdk/client/' : '@modelcontextprotocol/client';
  const part = (legacy, modern) => import(root + (era === 'legacy' ? legacy : modern));
  const { Client } = await part('index.js', '');
  if (!isHttp) {
    const { StdioClientTransport } = await part('stdio.js', '/stdio');
    return [Client, new StdioClientTransport({ command, args, env, stderr: 'inherit' })];
  }
  const { StreamableHTTPClientTransport } = await part('streamableHttp.js', '');
  const requestInit = { headers: { Authorization: `Bearer ${args[0]}` } };
  return [Client, new StreamableHTTPClientTransport(new URL(command), { requestInit })];
}

async function connect() {
  const [Client, transport] = await library();
  const modern = { versionNegotiation: { mode: { pin: '2026-07-28' } } };
  const client = new Client(info, { capabilities, ...(era === 'legacy' ? {} : modern) });
  if (forms && era === 'legacy') {
    const { ElicitRequestSchema } = await import('@modelcontextprotocol/sdk/types.js');
    client.setRequestHandler(ElicitRequestSchema, answer);
  } else if (forms) {
    client.setRequestHandler('elicitation/create', answer);
  }
  await client.connect(transport);
  return [client, transport];
}

const questions = [];
function answer(request) {
  questions.push(request.params.message);
  return forms === 'cancel'
    ? { action: 'cancel' }
    : { action: 'accept', content: { decision: forms } };
}

function say(value) {
  process.stdout.write(JSON.stringify(value) + '\n');
}

async function call(client, step, options = {}) {
  const request = { name: step.name, arguments: step.arguments };
  try {
    const result =
      era === 'legacy'
        ? await client.callTool(request, undefined, options)
        : await client.callTool(request, options);
    return { text: result.content.map((c) => c.text).join(''), isError: result.isError ?? false,
      structured: result.structuredContent };
  } catch (e) {
    return { error: e.message, code: e.code };
  }
}

let aborting, begun;
const [client, transport] = await connect();
say({ instructions: client.getInstructions(), server: client.getServerVersion(), pid: transport.pid });
for await (const line of createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  switch (step.do) {
    case 'list':
      say((await client.listTools()).tools);
      break;
    case 'call':
      say({ ...(await call(client, step)), questions: questions.splice(0) });
      break;
    case 'many': {
      const calls = Array.from({ length: step.times }, (_, i) =>
        call(client, { name: step.name, arguments: { command: `echo call-${i}` } }));
      const answers = await Promise.all(calls);
      say({ right: answers.filter((a, i) => a.text.startsWith(`STDOUT:\ncall-${i}\n`)).length });
      break;
    }
    case 'progress': {
      const seen = [];
      const result = await call(client, step, { onprogress: (p) => seen.push(p.message ?? '') });
      say({ ...result, seen });
      break;
    }
    case 'task': {
      const seen = [];
      const request = { name: step.name, arguments: step.arguments };
      const stream = client.experimental.tasks.callToolStream(request, undefined, { task: { ttl: 60000 } });
      let id;
      for await (const message of stream) {
        seen.push(message.type === 'taskStatus' ? message.task.status : message.type);
        if (message.type === 'taskCreated') {
          id = message.task.taskId;
          if (step.cancel) {
            await client.experimental.tasks.cancelTask(id);
          }
        }
        if (message.type === 'result') {
          seen.push(message.result.content.map((c) => c.text).join(''));
        }
      }
      const { tasks } = await client.experimental.tasks.listTasks();
      const known = tasks.filter((each) => each.taskId === id).map((each) => each.status);
      say({ seen, known, support: (await client.listTools()).tools[0].execution?.taskSupport ?? '' });
      break;
    }
    case 'begin':
      aborting = new AbortController();
      begun = call(client, step, { signal: aborting.signal });
      break;
    case 'abort':
      aborting.abort('enough');
      say(await begun);
      break;
    case 'end':
      await transport.terminateSession?.();
      say({ ended: true });
      break;
    case 'resources': {
      const { resources } = await client.listResources();
      const texts = {};
      for (const each of resources) {
        texts[each.uri] = (await client.readResource({ uri: each.uri })).contents[0].text;
      }
      say(texts);
      break;
    }
  }
}
await client.close();
