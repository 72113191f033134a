// Files that a request carries, in one file, and base64, which all of them are written in. Later parts import them from here and from nowhere else.
export { oddImage, oddInputs, replacedFile, replacedInputs } from "./media/input-files.js";
export { Base64Stream, base64Of, bytesOfBase64 } from "./request/base64.js";
