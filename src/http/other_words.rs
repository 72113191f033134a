//! What few providers say, in words that all the lists of [`crate::failover`] know: sizes of a conversation, and Chinese.
//!
//! Only what reads the errors of a chat has these words: no other call sends a conversation that could be too long.

use crate::failover::any;
use crate::text::tail;

/// Gives a text with what is said plainly behind it.
pub(crate) type Plainly = fn(&str) -> String;

/// Bytes in front of what is said plainly, which is not to stand behind what is looked at.
const MAX_BYTES: usize = 3600;

/// Words for a conversation that is too long.
const TOO_LONG: &str = "inputs` tokens + `max new tokens` must be <=|must have less than*token|exceed max message tokens|\
    tokens in request more than max|exceed*max*input tokens|contextwindowexceeded|token count*only support|token count*supports up to|\
    token count*exceed|number of tokens*exceed|tokens*in your request exceed|max prompt tokens|prompt*exceed*limit|prompt*exceeds max|\
    prompt length*exceed|sequence length*exceed|max seq len|longer than the maximum model length|context the overflow|\
    context length is only|context length of only|current length is*limit is|prompt*too long|message*too long|conversation*too long|context*too long|tokens limit reached|\
    tokens*but the*context|prompt tokens + max*tokens|total number of tokens*must|tokens in request exceed|exceed*maximum token|\
    max bytes to request body|token length exceed|message larger than max|request is larger than|er than context|\
    message size*exceed|message length*exceed|body length*exceed|request length*exceed|messages exceed*size|message exceed*size|\
    length of messages exceed|messages exceed*limit|input exceeds*mb|prompt exceeds*mb|request exceeds*mb|request*too big|request is too long|payload too big|body too big|input is too large|input too large|prompt is too large|prompt too large|request size*exceed|payload size*exceed|body size*exceed|input size*exceed|prompt size*exceed|\
    content size*exceed|size of the request*exceed|request body*exceed|request payload*exceed|request*exceeds the maximum size|\
    request*too large|payload*too large|body*too large|message*too large|entity too large|content too large|request*exceed*bytes|payload*exceed*bytes|body*exceed*bytes|message*exceed*bytes|\
    prompt*exceed*bytes|input*exceed*bytes|content*exceed*bytes|total size*exceed|\
    输入*过长|输入*太长|输入*超长|输入*长度超|输入*token*超|prompt*过长|prompt*超长|提示词*过长|内容*过长|内容*太长|文本长度超|消息*过长|消息长度超|\
    对话*过长|上下文*超|超*上下文|超*模型最大长度|tokens数超|token数超|token数量超";

/// What only looks like one of them: another field, another thing, a limit that time lifts.
const NOT_TOO_LONG: &str = "number of images|too many images|images*exceed|图片|图像|prompt tokens limit exceeded|prompt cache key|\
    stop sequence|': string too long|rate limit|rate exceed|daily|weekly|monthly";

/// Words, and what they mean.
const ROWS: [(&str, &str); 8] = [
    ("余额不足|欠费|请充值|额度不足|额度已用", "insufficient balance"),
    ("并发|限流|速率限制|频率*限|频率*高|频率*快|过于频繁|请求过多|请求数过多", "rate limit"),
    ("繁忙|负载过高|负载较高|访问量过大|过载", "overloaded"),
    ("超时", "timed out"),
    ("内部错误|系统错误|系统异常|服务异常|服务错误|服务器错误|未知错误|网络错误", "internal server error"),
    ("稍后|重试|不可用", "try again"),
    ("敏感|违规|content*violat|usage guideline|usage polic|safety check|by guardrail", "content policy"),
    ("模型*不存在", "model not found"),
];

/// [`Plainly`].
pub(crate) fn said_plainly(text: &str) -> String {
    let bytes = text.as_bytes();
    let end = (0..=MAX_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let mut plain = text.get(..end).unwrap_or_default().to_owned();
    let mut add = |is_said: bool, meaning: &str| {
        if is_said {
            plain.push('\n');
            plain.push_str(meaning);
        }
    };
    ROWS.iter().for_each(|(words, meaning)| add(any(bytes, words), meaning));
    add(any(bytes, TOO_LONG) && !any(bytes, NOT_TOO_LONG), "prompt is too long");
    plain.push_str(tail(text, end));
    plain
}
