// An editor's side of the Agent Client Protocol, made of its authors' library: reads steps from
// standard input, one JSON object a line, and prints what came of each, one JSON object a line.
//
//   node acp-client.mjs COMMAND ARGUMENT…
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import * as acp from '@agentclientprotocol/sdk';

const [command, ...args] = process.argv.slice(2);
const { agent: theirs, client: ours } = acp.methods;

const updates = new Map(); // the updates of each session since its last prompt
const questions = [];
const waiting = []; // steps that wait for an update
let permission = 'run'; // the answer to each question

function seen(text) {
  return [...updates.values()].flat().some((update) => JSON.stringify(update).includes(text));
}

function take({ sessionId, update }) {
  updates.set(sessionId, [...(updates.get(sessionId) ?? []), update]);
  waiting.filter((step) => seen(step.text)).forEach((step) => step.found());
}

async function ask(params) {
  questions.push(params);
  switch (permission) {
    case 'error':
      throw acp.RequestError.internalError();
    case 'never':
      return new Promise(() => {});
    case 'cancelled':
      return { outcome: { outcome: 'cancelled' } };
    default:
      return { outcome: { outcome: 'selected', optionId: permission } };
  }
}

function say(value) {
  process.stdout.write(JSON.stringify(value) + '\n');
}

async function request(method, params) {
  try {
    return await agent.request(method, params);
  } catch (e) {
    return { error: e.message, code: e.code };
  }
}

async function prompt(step) {
  permission = step.permission ?? 'run';
  const blocks = step.prompt ?? [{ type: 'text', text: step.text }];
  const answer = await request(theirs.session.prompt, { sessionId: step.session, prompt: blocks });
  const told = updates.get(step.session) ?? [];
  updates.delete(step.session);
  return { ...answer, updates: told, questions: questions.splice(0) };
}

const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
const connection = acp
  .client({ name: 'test-editor' })
  .onRequest(ours.session.requestPermission, ({ params }) => ask(params))
  .onNotification(ours.session.update, ({ params }) => take(params))
  .connect(acp.ndJsonStream(Writable.toWeb(server.stdin), Readable.toWeb(server.stdout)));
const agent = connection.agent;
const hello = await agent.request(theirs.initialize, {
  protocolVersion: acp.PROTOCOL_VERSION,
  clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: true },
  clientInfo: { name: 'test-editor', version: '1.2.3' },
});
say({ ...hello, pid: server.pid });

const begun = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  switch (step.do) {
    case 'new':
      say(await request(theirs.session.new, { cwd: '/', mcpServers: step.servers ?? [] }));
      break;
    case 'prompt':
      say(await prompt(step));
      break;
    case 'begin':
      begun.set(step.session, prompt(step));
      break;
    case 'seen':
      if (!seen(step.text)) await new Promise((found) => waiting.push({ text: step.text, found }));
      say({ seen: step.text });
      break;
    case 'cancel':
      await agent.notify(theirs.session.cancel, { sessionId: step.session });
      say(await begun.get(step.session));
      break;
    case 'end':
      say(await begun.get(step.session));
      break;
    case 'close':
      say(await request(theirs.session.close, { sessionId: step.session }));
      break;
  }
}
connection.close();
server.stdin.end();
