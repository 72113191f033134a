export { createChatTransport } from "./ai-sdk/chat-transport.js";
export { fromUIMessages } from "./ai-sdk/from-ui-messages.js";
export { fromModelMessages } from "./ai-sdk/model-messages.js";
export { createOpenRouterProvider } from "./ai-sdk/provider.js";
export { toUIMessages } from "./ai-sdk/to-ui-messages.js";
export { answerUIMessages } from "./ai-sdk/ui-answer.js";
export { toUIMessageStream } from "./ai-sdk/ui-message-stream.js";
