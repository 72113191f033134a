// One contender in a process of its own: import, first chat, second chat. Run by bench.js; prints JSON.
import { fetchOf, textAnswer } from "./answers.js";
import { CONTENDERS, otherBuild } from "./contenders.js";

const [name, folder] = process.argv.slice(2);
const contender = folder ? otherBuild(folder) : CONTENDERS.find((candidate) => candidate.name === name);
if (!contender) throw new Error(`no contender is called ${name}`);

const answer = textAnswer(1);
const moments = [moment()];
const { text } = await contender.load();
moments.push(moment());
for (let run = 0; run < 2; run++) {
  await text(fetchOf(answer));
  moments.push(moment());
}
const [imported, first, second] = moments.slice(1).map(({ cpu, wall }, at) => ({ cpu: cpu - moments[at].cpu, wall: wall - moments[at].wall }));
console.log(JSON.stringify({ imported, first, second }));

/** Milliseconds. */
function moment() {
  const { user, system } = process.cpuUsage();
  return { cpu: (user + system) / 1000, wall: performance.now() };
}
