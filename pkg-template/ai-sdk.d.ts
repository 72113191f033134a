export type * from "./types/ai-sdk.js";
export { answerUIMessages, createChatTransport, createOpenRouterProvider, fromModelMessages, fromUIMessages, toUIMessages, toUIMessageStream } from "./types/ai-sdk.js";
