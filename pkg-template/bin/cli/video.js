// `video`: submitted, waited for, saved. Whatever ends this process in between, the ticket is on disk.
import { extname } from "node:path";
import { atMost, given as only, wordsOf } from "./command.js";
import { BrokenPipe, CliError, EXIT, exitCodeOf, lineOf } from "./failures.js";
import { imageFile, isMisnamed } from "./input-file.js";
import { counted, plainWords } from "./plain-words.js";
import { checkOutput, OUTPUT_OPTIONS, save } from "./saved-media.js";
import { dollars, megabytes } from "./style.js";
import { checkTicketPlace, dropTicket, ENDING, freeVideo, keepTicket, quoted, readTicket } from "./video-ticket.js";
import { keepDuration, usualMs } from "./usual-time.js";

/** @import { InputFile, OpenRouter, VideoTicket } from "../../index.js" */
/** @import { Command, Given } from "./command.js" */

/** Of a video, which is held in memory on its way to the disk. */
const MOST_BYTES = 512 << 20;
/** There is nothing to go on with. */
const LOST = ["failed", "cancelled", "expired"];

/** @type {Command} */
export const video = {
  name: "video",
  summary: "Make a video; a job that was paid for is never lost",
  usage: '[options] "prompt..." | --resume TICKET',
  details: `The job's ticket is written beside the video (FILE.ticket.json) before the wait begins, and removed once the video is saved.
Whatever happens in between, --resume goes on with it: here, later, or on another machine. --timeout limits the wait (default 10 minutes).`,
  examples: [
    'openrouter-wasm video "waves at night" --duration 8 -o waves.mp4',
    'openrouter-wasm video "it turns its head" --first-frame otter.png -o otter.mp4',
    'openrouter-wasm video "waves" --no-wait -o waves.mp4 && openrouter-wasm video --resume waves.mp4.ticket.json -o waves.mp4',
  ],
  options: {
    ...OUTPUT_OPTIONS,
    model: { short: "m", value: "MODEL", help: "default: the configuration's, else google/veo-3.1-fast" },
    duration: { value: "S", number: "positive", help: "seconds; the nearest that the model offers" },
    "aspect-ratio": { value: "R", help: "16:9" },
    resolution: { value: "R", help: "720p" },
    "first-frame": { value: "FILE", help: "an image that it begins with" },
    "last-frame": { value: "FILE", help: "an image that it ends with" },
    reference: { value: "FILE", multiple: true, help: "an image of what is to be in it" },
    seed: { value: "N", number: "integer", help: "the same again" },
    "no-audio": { help: "without sound" },
    "no-wait": { help: "submit it and end; the ticket is kept" },
    resume: { value: "TICKET", help: "go on with a job: its file, or its JSON" },
    "ticket-file": { value: "FILE", help: `where the ticket is kept (default: the video's name and ${ENDING})` },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  const { values } = given;
  if (values.resume !== undefined) return resume(given);
  const request = await requestOf(given);
  await checkOutput(given);
  const video = values.output === undefined || values.output === "-" ? await freeVideo() : values.output;
  const file = values["ticket-file"] ?? video + ENDING;
  await checkTicketPlace(file);
  const client = await given.client();
  await given.progress.show("submitting the video");
  const ticket = await submit(client, request, given);
  await keepTicket(file, ticket, true);
  for (const warning of ticket.warnings ?? []) await given.note(plainWords(warning));
  if (values["no-wait"]) {
    await given.progress.clear();
    if (values.json) return given.out.json({ ticket, file });
    await given.out.data(`${file}\n`);
    return given.note(`submitted; go on with it: ${resumeCommand(file, given)}`);
  }
  return finish(client, ticket, file, video, given);
}

/** @param {Given} given */
async function resume(given) {
  const { values } = given;
  atMost(given, 0, "--resume takes no prompt");
  const { ticket, file } = await readTicket(values.resume);
  await checkOutput(given);
  const isNamed = file?.endsWith(ENDING) && file.length > ENDING.length;
  const named = isNamed ? /** @type {string} */ (file).slice(0, -ENDING.length) : await freeVideo();
  const video = values.output === undefined || values.output === "-" ? named : values.output;
  const kept = file ?? values["ticket-file"] ?? video + ENDING;
  if (file === undefined) {
    await checkTicketPlace(kept);
    await keepTicket(kept, ticket, true);
  }
  const client = await given.client();
  if (values["no-wait"]) {
    const state = await client.videos.poll(ticket, { signal: given.signal });
    await keepTicket(kept, state.ticket);
    return values.json ? given.out.json(state) : given.out.line(state.status);
  }
  return finish(client, ticket, kept, video, given);
}

/** @param {Given} given */
async function requestOf(given) {
  const { values } = given;
  const images = [
    ...["first-frame", "last-frame"].filter((name) => values[name] !== undefined).map((name) => imageFile(values[name], `--${name}`, name.replace("-", "_"))),
    ...(values.reference ?? []).map((/** @type {string} */ file) => imageFile(file, "--reference", "reference_image")),
  ];
  const inputs = /** @type {InputFile[]} */ (await Promise.all(images));
  // Images can say enough.
  const prompt = given.positionals.length > 0 || inputs.length === 0 ? wordsOf(given, "the prompt") : undefined;
  return {
    ...only({ prompt, model: values.model, durationSeconds: values.duration, aspectRatio: values["aspect-ratio"], resolution: values.resolution, seed: values.seed }),
    ...(values["no-audio"] && { generateAudio: false }),
    ...(inputs.length > 0 && { inputs }),
  };
}

/**
 * Not broken off by Ctrl-C: a request that is on its way may be carried out and paid for, and its ticket would be lost.
 * @param {OpenRouter} client @param {import("../../index.js").VideoRequest} request @param {Given} given
 */
async function submit(client, request, { signal, err }) {
  signal.throwIfAborted();
  const tell = () => void err.line("the request is on its way: waiting for its ticket (Ctrl-C again does not)");
  signal.addEventListener("abort", tell, { once: true });
  try {
    return await client.videos.submit(request);
  } finally {
    signal.removeEventListener("abort", tell);
  }
}

/**
 * From a ticket to a file. Until the file is there, every way out tells how to go on.
 * @param {OpenRouter} client @param {VideoTicket} submitted @param {string} file @param {string} video @param {Given} given
 */
async function finish(client, submitted, file, video, given) {
  const { values, progress, note, signal } = given;
  let known = submitted;
  /** In the order in which they came. @type {Promise<unknown>} */
  let writing = Promise.resolve();
  const learn = (/** @type {VideoTicket} */ ticket) => {
    const isNews = ticket.status !== known.status || ticket.urls?.length !== known.urls?.length;
    known = ticket;
    // One that cannot be refreshed is still good.
    if (isNews) writing = writing.then(() => keepTicket(file, ticket)).catch(() => {});
  };
  const of = /** @type {const} */ ({ folder: given.folder, kind: "video", model: values.model ?? submitted.model });
  const [usual, sinceMs] = [await usualMs(of), submitted.submittedAtMs];
  let wasSeenAtWork = false;
  try {
    signal.throwIfAborted();
    const done = await client.videos.wait(submitted, {
      ...only({ timeoutMs: values.timeout }),
      signal,
      onProgress: ({ ticket, status, polls, isDone }) => {
        learn(ticket);
        wasSeenAtWork ||= !isDone;
        void progress.show(`${status}, polled ${counted(polls, "time")}`, { usualMs: usual, sinceMs });
      },
    });
    learn(done);
    // Of a job that was done before anybody polled the duration is not known.
    if (wasSeenAtWork) await keepDuration(of, Date.now() - sinceMs);
    await writing;
    const got = await client.videos.download(done, {
      maxBytes: MOST_BYTES,
      signal,
      onProgress: ({ receivedBytes, totalBytes }) => void progress.show(megabytes(receivedBytes), { completed: receivedBytes, ...only({ total: totalBytes }) }),
    });
    await progress.clear();
    if (got.data === undefined) throw new CliError(`the video is larger than ${megabytes(MOST_BYTES)}; it is at ${got.url}`);
    const { data, mediaType } = got;
    // A name that nobody chose is that of what came.
    const name = isMisnamed(video, mediaType) ? video.slice(0, video.length - extname(video).length) + extname(got.name) : video;
    await save([{ data, name, mediaType }], given, only({ model: done.model, cost: done.usage?.cost, id: done.id }));
    await given.out.flush();
    if (values.output === "-" && given.out.failure) throw given.out.failure;
    await dropTicket(file);
    if (done.usage?.cost !== undefined) await note(`${done.model} · ${dollars(done.usage.cost)}`);
  } catch (error) {
    await writing;
    throw withTheWayOn(error, known, file, given);
  }
}

/** @param {unknown} error @param {VideoTicket} known @param {string} file @param {Given} given */
function withTheWayOn(error, known, file, given) {
  const status = /** @type {{ ticket?: VideoTicket }} */ (error)?.ticket?.status ?? known.status;
  // Of a wait that was broken off the reason is what the signal says, whatever was made of it.
  const cause = given.signal.aborted ? given.signal.reason : error;
  const isUnread = cause instanceof BrokenPipe;
  const way = LOST.includes(status) ? `its ticket is kept in ${file}` : `go on with it: ${resumeCommand(file, given)}`;
  return new CliError(`${isUnread ? "nobody reads standard output any more" : lineOf(cause)}; ${way}`, isUnread ? EXIT.failed : exitCodeOf(cause), { cause });
}

/** @param {string} file @param {Given} given */
function resumeCommand(file, { values }) {
  const options = ["api-key-file", "auth-file", "base-url", "config"].filter((name) => values[name] !== undefined).map((name) => ` --${name} ${quoted(values[name])}`).join("");
  const output = values.output === undefined ? "" : ` -o ${quoted(values.output)}`;
  return `openrouter-wasm video --resume ${quoted(file)}${output}${values.force ? " --force" : ""}${options}`;
}
