// Images, sounds and descriptions, in one file: each is small beside the engine that all of them load, and they share most of what they are.
export { describeFile } from "./media/describe.js";
export { Images } from "./media/images.js";
export { Music } from "./media/music.js";
export { Speech } from "./media/speech.js";
export { Transcriptions } from "./media/transcriptions.js";
