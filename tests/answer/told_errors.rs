//! Errors in every shape that servers write them in, what was paid beside them, and answers of which a part is all that came.

use crate::support::{answer, events, head, last, run, text_of};
use openrouter_wasm::run::Action;
use serde_json::{Value, json};

const SSE: &str = "text/event-stream";
const JSON: &str = "application/json";
const DONE: &str = "data: [DONE]\n\n";

fn event(value: &Value) -> String {
    format!("data: {value}\n\n")
}

fn delta(delta: Value) -> String {
    event(&json!({"id": "gen-1", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]}))
}

fn finish(reason: &str, native: &str) -> String {
    event(&json!({"id": "gen-1", "choices": [{"index": 0, "delta": {}, "finish_reason": reason, "native_finish_reason": native}]}))
}

fn read(status: u16, label: &str, body: &str) -> Vec<Value> {
    let whole = answer(&mut run(json!({"maxRetries": 0})), head(status, label), &[body.as_bytes()]);
    let single: Vec<&[u8]> = body.as_bytes().chunks(1).collect();
    let pieces = answer(&mut run(json!({"maxRetries": 0})), head(status, label), &single);
    assert_eq!(outcome(&pieces), outcome(&whole), "{body:?} byte by byte");
    whole
}

fn error_of(events: &[Value]) -> &Value {
    &last(events)["failure"]["error"]
}

/// Text, and the verdict or the message of the error.
fn outcome(events: &[Value]) -> (String, String) {
    let end = last(events);
    let ending = end["failure"]["error"]["message"].as_str().or(end["step"]["verdict"].as_str()).unwrap_or("nothing");
    (text_of(events, "text-delta"), ending.to_owned())
}

/// Every way in which `words` have been told as an error.
fn shapes(words: &str) -> Vec<Value> {
    vec![
        json!({"error": {"message": words}}),
        json!({"error": words}),
        json!({"error": [{"message": words}]}),
        json!({"error": true, "message": words}),
        json!({"error": 1, "msg": words}),
        json!({"error": "", "message": words}),
        json!({"errors": [{"message": words}]}),
        json!({"errors": [words]}),
        json!({"detail": words}),
        json!({"detail": [{"loc": ["body"], "msg": words}]}),
        json!({"detail": {"error": words}}),
        json!({"error_message": words}),
        json!({"error_code": 17, "error_msg": words}),
        json!({"status": 500, "title": words}),
        json!({"code": 500, "msg": words, "success": false}),
        json!({"base_resp": {"status_code": 1000, "status_msg": words}}),
        json!({"Message": words}),
        json!({"message": words}),
        json!({"choices": [{"error": {"message": words}}]}),
        json!({"choices": [{"error": words}]}),
    ]
}

#[test]
fn an_error_in_any_shape_is_told_in_its_words() {
    for shape in shapes("boom") {
        let hi = delta(json!({"content": "Hi"}));
        for (text, body) in [
            ("", shape.to_string()),
            ("", event(&shape) + DONE),
            ("Hi", hi.clone() + &event(&shape) + DONE),
            ("Hi", hi.clone() + "event: error\n" + &event(&shape)),
            ("Hi", hi.clone() + &shape.to_string()),
            ("Hi", hi.clone() + &format!("{shape}\n\n") + DONE),
            ("Hi", hi + &format!("error: {shape}\n\n")),
        ] {
            for label in [SSE, JSON] {
                let events = read(200, label, &body);
                assert_eq!(outcome(&events), (text.to_owned(), "boom".to_owned()), "{label}: {body}");
                assert_eq!(error_of(&events)["code"], "stream-error", "the same code whatever the label: {body}");
            }
        }
        for status in [400, 500] {
            for body in [shape.to_string(), format!("[{shape}]"), event(&shape), format!("event: error\n{}", event(&shape))] {
                assert_eq!(outcome(&read(status, JSON, &body)).1, "boom", "{status}: {body}");
            }
        }
    }
    for (body, words) in [
        (json!({"error": "Bad Request", "message": "only one image please", "statusCode": 400}), "only one image please\nBad Request"),
        (json!({"type": "about:blank", "title": "Bad", "detail": "only one image please", "status": 400}), "only one image please"),
    ] {
        let events = read(200, JSON, &body.to_string());
        assert_eq!((outcome(&events).1.as_str(), &error_of(&events)["status"]), (words, &json!(400)), "{body}");
    }
}

#[test]
fn what_only_looks_like_an_error_is_none() {
    let hi = delta(json!({"content": "Hi"}));
    for beside in [
        json!({"error": null}),
        json!({"error": false, "message": ""}),
        json!({"error": 0}),
        json!({"errors": []}),
        json!({"base_resp": {"status_code": 0, "status_msg": "success"}}),
        json!({"type": "ping"}),
        json!({"type": "message_start", "message": {"role": "assistant"}}),
        json!({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}, "message": "ok"}),
        json!({"choices": [{"delta": {"content": ""}}], "message": "ok"}),
    ] {
        let body = hi.clone() + &event(&beside) + &finish("stop", "") + DONE;
        assert_eq!(outcome(&read(200, SSE, &body)), ("Hi".to_owned(), "complete".to_owned()), "{beside}");
    }
}

#[test]
fn what_an_error_says_decides_in_any_shape() {
    for shape in shapes("prompt is too long: 210000 tokens > 200000 maximum") {
        for (status, body) in [(400, shape.to_string()), (200, shape.to_string()), (200, format!("event: error\n{}", event(&shape)))] {
            assert_eq!(error_of(&read(status, JSON, &body))["code"], "context-overflow", "{status}: {body}");
        }
    }
    for shape in shapes("You requested up to 64000 tokens, but can only afford 2666") {
        assert_eq!(error_of(&read(402, JSON, &shape.to_string()))["affordableTokens"], 2666, "{shape}");
    }
    for words in [
        "you can afford only 2666",
        "you can afford up to 2666 tokens",
        "you have enough credits for 2666 tokens",
        "can only afford 2 666",
        "can only afford 2,666 tokens, or fewer",
        "can only afford 2.666.",
        "can only afford: 2666 22",
    ] {
        let body = json!({"error": {"code": 402, "message": words}}).to_string();
        assert_eq!(error_of(&read(402, JSON, &body))["affordableTokens"], 2666, "{words}");
    }
    let flagged = json!({"error": {"code": 403, "message": "Content violates usage guidelines."}}).to_string();
    assert_eq!(error_of(&read(403, JSON, &flagged))["reason"], "format", "the content is refused, not the key");
    for words in ["can only afford 0 tokens", "can only afford, 2666 is too much", "can only afford .500"] {
        let body = json!({"error": {"code": 402, "message": words}}).to_string();
        assert_eq!(error_of(&read(402, JSON, &body)).get("affordableTokens"), None, "{words}");
    }
}

#[test]
fn a_cost_beside_an_error_is_paid_and_nothing_is_sent_again() {
    let usage = json!({"prompt_tokens": 5, "completion_tokens": 2, "cost": 0.25});
    let told = json!({"error": {"code": 502, "message": "boom"}, "usage": usage});
    for (status, label, body) in [
        (200, JSON, told.to_string()),
        (200, SSE, told.to_string()),
        (200, SSE, event(&told)),
        (200, SSE, event(&json!({"error": {"code": 502, "message": "boom", "usage": usage}}))),
        (200, SSE, event(&json!({"error": {"code": 502, "message": "boom", "metadata": {"usage": usage}}}))),
        (200, SSE, event(&json!([told]))),
        (502, JSON, told.to_string()),
        (502, SSE, event(&told)),
        (200, SSE, format!("event: error\n{}", event(&told))),
        (200, SSE, format!("error: {told}\n\n")),
        (502, JSON, json!({"error": {"code": 502, "message": "boom"}, "choices": [{"usage": usage}]}).to_string()),
    ] {
        let events = answer(&mut run(json!({"maxRetries": 5})), head(status, label), &[body.as_bytes()]);
        let failure = &last(&events)["failure"];
        assert_eq!(
            (&failure["partial"]["usage"]["cost"], &failure["error"]["isRetryable"]),
            (&json!(0.25), &json!(true)),
            "{body}: {events:?}"
        );
    }
}

#[test]
fn what_came_of_a_json_body_that_breaks_off_is_kept() {
    let whole = concat!(
        r#"{"id":"gen-1","usage":{"prompt_tokens":5,"cost":0.25},"choices":[{"message":"#,
        r#"{"role":"assistant","content":"Hello there é"},"finish_reason":"stop"}]}"#,
    );
    let (cost, text) = (whole.find("\"cost\":0.25}").unwrap(), whole.find("Hello there").unwrap());
    let (mut costs, mut texts) = (0, 0);
    for end in 1..whole.len() {
        for how in ["ends", "breaks"] {
            let mut run = run(json!({"maxRetries": 5}));
            run.on_send(0.0, "");
            run.on_head(0.0, head(200, JSON));
            run.on_bytes(1.0, &whole.as_bytes()[..end]);
            let action = if how == "ends" { run.on_end() } else { run.on_failure("reset") };
            let all = events(&mut run.out);
            let (said, is_paid) = (text_of(&all, "text-delta"), end > cost + "\"cost\":0.25}".len() - 1);
            assert!("Hello there é".starts_with(&said), "{said}");
            assert_eq!(said.is_empty(), end <= text || !whole.contains(&said), "{end}: {said}");
            if !is_paid && said.is_empty() {
                assert_eq!(action, Action::Wait, "{how} at {end}: nothing came");
                continue;
            }
            let failure = &last(&all)["failure"];
            assert_eq!((action, &failure["verdict"]), (Action::End, &json!("cut")), "{how} at {end}");
            assert_eq!(failure["partial"]["usage"].get("cost").is_some(), is_paid, "{how} at {end}: {failure}");
            costs += u32::from(is_paid);
            texts += u32::from(!said.is_empty());
        }
    }
    assert!(costs > 40 && texts > 20, "{costs} {texts}");
}

#[test]
fn chunks_in_a_list_or_without_the_lines_between_them_are_all_read() {
    let chunk = |text: &str, reason: Option<&str>| json!({"choices": [{"delta": {"content": text}, "finish_reason": reason}]});
    let (first, second, third) = (chunk("A", None), chunk("B", None), chunk("C", Some("stop")));
    for (body, ending) in [
        (json!([first, second, third]).to_string(), "complete"),
        (json!([first, second, chunk("C", None)]).to_string(), "complete"),
        (format!("data: {first}\ndata: {second}\ndata: {third}\ndata: [DONE]\n"), "complete"),
        (format!("data: {first}\ndata: {second}\ndata: {third}\ndata: [DONE]"), "complete"),
        (format!("data: {first}\ndata: {second}\ndata: {third}\n"), "complete"),
        (format!("data: {first}\ndata: {second}\ndata: {}\ndata: [DONE]\n", chunk("C", None)), "complete"),
        (format!("data: {first}\n\ndata: data: {second}\n\ndata:data:{third}\n\n{DONE}"), "complete"),
        (format!("\0\u{a0}\u{feff}{}", json!([first, second, third])), "complete"),
        (format!("\0data: {first}\n\ndata: {second}\n\ndata: {third}\n\n"), "complete"),
        (format!("upstream says\n\ndata: {first}\n\ndata: {second}\n\ndata: {third}\n\n"), "complete"),
    ] {
        assert_eq!(outcome(&read(200, SSE, &body)), ("ABC".to_owned(), ending.to_owned()), "{body:?}");
    }
    let cut = format!("data: {first}\ndata: {second}\ndata: {{\"choi");
    assert_eq!(outcome(&read(200, SSE, &cut)).0, "AB");
    assert_eq!(last(&read(200, SSE, &cut))["failure"]["verdict"], "cut");
}

#[test]
fn words_that_are_no_answer_are_told_whatever_their_label() {
    for label in [SSE, "", "text/plain", JSON] {
        let events = read(200, label, "upstream connect error or disconnect/reset before headers");
        let error = error_of(&events);
        assert_eq!(error["code"], "bad-response", "{label}: {error}");
        assert!(error["message"].as_str().unwrap().contains("upstream connect error"), "{error}");
    }
}

#[test]
fn an_answer_without_anything_of_one_is_no_success() {
    for body in [
        DONE.to_owned(),
        event(&json!({"choices": [{}]})) + DONE,
        event(&json!({"choices": [{"index": 0, "message": null}]})) + DONE,
        event(&json!({"choices": [{"index": 1, "delta": {"content": "B"}, "finish_reason": "stop"}]})) + DONE,
        json!({"choices": [{"message": null}]}).to_string(),
        json!({"choices": []}).to_string(),
        "[]".to_owned(),
    ] {
        let events = read(200, SSE, &body);
        assert_eq!(error_of(&events)["code"], "bad-response", "{body}: {events:?}");
    }
    let empty = delta(json!({"content": ""})) + &finish("stop", "") + DONE;
    assert_eq!(outcome(&read(200, SSE, &empty)).1, "complete", "an empty answer is one");
}

#[test]
fn a_usage_in_the_choice_counts_where_the_one_above_it_says_nothing() {
    for above in [json!({}), json!({"prompt_tokens": 0, "completion_tokens": 0})] {
        let body = event(&json!({
            "usage": above,
            "choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop", "usage": {"completion_tokens": 2, "cost": 0.5}}],
        }));
        assert_eq!(last(&read(200, SSE, &(body + DONE)))["step"]["usage"]["cost"], 0.5);
    }
}

#[test]
fn a_failure_or_a_block_that_only_a_reason_tells_is_one() {
    let failed = "the provider ended the answer with a failure and no error object";
    for (reason, native, text, expected) in [
        ("network_error", "", "", failed),
        ("ERROR", "", "Hi", failed),
        ("insufficient_system_resource", "", "", failed),
        ("stop", "error", "Hi", failed),
        ("stop", "network_error", "", failed),
        ("stop", "insufficient_system_resource", "Hi", failed),
        ("stop", "ERROR_TOXIC", "Hi", "content-filter"),
        ("stop", "OTHER", "", "content-filter"),
        ("stop", "LANGUAGE", "", "content-filter"),
        ("stop", "MODEL_ARMOR", "", "content-filter"),
        ("stop", "NO_IMAGE", "", "content-filter"),
        ("stop", "OTHER", "Hi", "complete"),
        ("stop", "NO_IMAGE", "Hi", "complete"),
    ] {
        let (_, ending) = outcome(&read(200, SSE, &(delta(json!({"content": text})) + &finish(reason, native) + DONE)));
        assert!(ending.starts_with(expected), "{reason} {native}: {ending}");
    }
}

#[test]
fn details_that_differ_by_the_end_of_a_line_are_the_same_thought() {
    let details = |text: &str| json!({"reasoning_details": [{"type": "reasoning.text", "text": text, "index": 0}]});
    for (first, second) in [("The cat", "The cat\n"), ("The cat\n", "The cat"), ("A thought of some length", "A thought of some length\n")]
    {
        let body =
            delta(json!({"reasoning": first})) + &delta(details(second)) + &delta(json!({"content": "x"})) + &finish("stop", "") + DONE;
        assert_eq!(text_of(&read(200, SSE, &body), "reasoning-delta"), first);
    }
}

#[test]
fn what_is_too_long_for_the_model_is_an_overflow_and_a_long_name_is_none() {
    for (words, code) in [
        (
            "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got 48 instead.",
            "invalid-request",
        ),
        ("Invalid 'tools[0].function.name': string too long. Expected maximum length 64", "invalid-request"),
        ("Invalid 'user': string too long. Expected a string with maximum length 64", "invalid-request"),
        ("Invalid 'messages[0].name': string too long", "invalid-request"),
        ("Invalid 'metadata.session': string too long. Expected a string with maximum length 512", "invalid-request"),
        ("Invalid 'metadata.session': string too long. Expected a string with maximum length 4096", "context-overflow"),
        ("Invalid 'messages[0].content': string too long. Expected a string with maximum length 1048576", "context-overflow"),
        ("Range of input length should be [1, 98304]", "context-overflow"),
        ("Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 4000 `inputs` tokens", "context-overflow"),
        ("Total tokens of image and text exceed max message tokens", "context-overflow"),
        ("tokens in request more than max tokens allowed", "context-overflow"),
        ("Tokens in request exceeded max token count", "context-overflow"),
        ("Prompt is 11543 tokens but the model context window is 4096 tokens.", "context-overflow"),
        ("invalid input: prompt tokens + max_tokens should be less than 32768", "context-overflow"),
        ("The total number of tokens (input 30000 + max_new_tokens 8000) must be less than or equal to 32769", "context-overflow"),
        ("Input request exceeded maximum token length", "context-overflow"),
        ("Request length 20000 is greater than context length 16384", "context-overflow"),
        ("max_tokens should be less than 8192", "invalid-request"),
        ("model context limit exceeded", "context-overflow"),
        ("您的输入过长，超过最大上下文长度", "context-overflow"),
        ("Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64", "invalid-request"),
        ("stop sequence length exceeds the limit of 16", "invalid-request"),
        ("Number of images in the input exceeds the limit of 20", "invalid-request"),
        ("the name is longer than the maximum of 64 characters", "invalid-request"),
        ("max_tokens(100000) exceeds the maximum output tokens (8192)", "invalid-request"),
        ("max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens", "invalid-request"),
        ("The value of budget_tokens must be less than max_tokens", "invalid-request"),
        ("输入参数 temperature 超过允许的范围", "invalid-request"),
        ("输入图片数量超过限制", "invalid-request"),
    ] {
        let error = &read(400, JSON, &json!({"error": {"code": 400, "message": words}}).to_string());
        let error = error_of(error);
        assert_eq!(error["code"], code, "{words}");
        assert_eq!(error["reason"] == "format", code == "invalid-request", "{words}: {error}");
    }
}

#[test]
fn every_provider_has_words_of_its_own_for_a_conversation_that_is_too_long() {
    for words in [
        "Unable to submit request: the input token count is 40000 but the model only supports up to 32768.",
        "input token count 40000 exceeds what can be taken",
        "The decoder prompt (length 5000) is longer than the maximum model length of 4096",
        "Trying to keep the first 5000 tokens when context the overflows",
        "the model is loaded with context length of only 4096 tokens",
        "the model's context length is only 10010 tokens, and 10011 were asked for",
        "Current length is 9000 while limit is 8192",
        "`inputs` must have less than 4096 tokens. Given: 5000",
        "Prompt exceeds max length",
        "prompt token count of 150000 exceeds the limit of 128000",
        "the prompt has 34000 tokens, which exceeds the model's limit of 32000",
        "Prompt length (5000) exceeds maximum input length (4096)",
        "prompt tokens too long",
        "The total number of tokens in your request exceeds the limit of 32768",
        "Number of tokens (40000) exceeds model limit (32768)",
        "Total length of messages exceeds the limit",
        "Your messages exceed the model's token limit",
        "input_tokens (40000) > max_seq_len (32768)",
        "Sequence length 40000 exceeds 32768",
        "context length too long",
        "The conversation is too long for this model",
        "Your message is too long",
        "messages too long",
        "The message you sent was too long",
        "tokens_limit_reached",
        "litellm.ContextWindowExceededError: it has 8192",
        "Prompt 超长",
        "输入的文本长度超过限制",
        "输入文本超长",
        "输入token数超过模型限制",
        "输入内容太长",
        "当前输入内容过长，请缩短后重试",
        "请求的tokens数超过最大限制",
        "请求内容超出模型最大上下文限制",
        "您的输入超过了模型的上下文窗口",
        "上下文长度超限",
        "消息长度超过限制",
    ] {
        let bare = json!({"error": {"code": 400, "message": words}});
        let typed = json!({"error": {"code": words, "message": "refused"}});
        for body in [bare.clone(), wrapped(1, &json!(words)), wrapped(1, &bare), typed] {
            if body.pointer("/error/message") == Some(&json!("refused")) && words.contains(' ') {
                continue;
            }
            let events = read(400, JSON, &body.to_string());
            let error = error_of(&events);
            assert_eq!((&error["code"], &error["isRetryable"]), (&json!("context-overflow"), &json!(false)), "{body}");
        }
    }
    let code = json!({"error": {"message": "refused", "code": "model_max_prompt_tokens_exceeded"}}).to_string();
    assert_eq!(error_of(&read(400, JSON, &code))["code"], "context-overflow");
    // OpenRouter's own for what is not paid for.
    let unpaid =
        json!({"error": {"code": 402, "message": "Prompt tokens limit exceeded: 7868 > 5000. A key with a higher total limit can more"}});
    assert_eq!(error_of(&read(402, JSON, &unpaid.to_string()))["code"], "payment-required");
}

#[test]
fn words_of_chinese_servers_say_what_english_ones_do() {
    for (status, words, reason, retries) in [
        (400, "API 调用参数有误，请检查文档。", "format", false),
        (400, "输入或生成内容可能包含敏感内容，请避免此类提示语", "format", false),
        (400, "系统繁忙，请稍后再试", "overloaded", true),
        (400, "服务器内部错误", "timeout", true),
        (400, "请求超时", "timeout", true),
        (429, "您当前使用该API的并发数过高，请降低并发", "rate_limit", true),
        (400, "请求过于频繁，已触发限流", "rate_limit", true),
        (429, "您的账户已欠费，请充值后重试。", "billing", false),
        (429, "余额不足或无可用资源包,请充值。", "billing", false),
        (403, "账户额度不足", "billing", false),
        (400, "模型 m/x 不存在", "model_not_found", false),
        (403, "提示词违规", "format", false),
    ] {
        for body in [json!({"error": {"message": words, "code": "1301"}}), {
            let raw = json!({"error": {"message": words, "code": "1301"}}).to_string();
            json!({"error": {"message": "Provider returned error", "code": status, "metadata": {"raw": raw}}})
        }] {
            let events = read(status, JSON, &body.to_string());
            let error = error_of(&events);
            assert_eq!((&error["reason"], &error["isRetryable"]), (&json!(reason), &json!(retries)), "{status} {body}: {error}");
        }
        let bare = read(status, "text/plain", words);
        assert_eq!(error_of(&bare)["reason"], reason, "{status} {words}");
    }
    for (words, reason) in [("系统繁忙，请稍后再试", "overloaded"), ("余额不足", "billing"), ("模型 m/x 不存在", "model_not_found")]
    {
        let events = read(200, SSE, &format!("event: error\ndata: {words}\n\n"));
        assert_eq!(error_of(&events)["reason"], reason, "{words}");
    }
}

#[test]
fn a_wrapped_refusal_that_says_what_is_wrong_is_not_sent_again() {
    let body = |raw: Value| {
        json!({"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": raw, "provider_name": "P"}}}).to_string()
    };
    let text = |value: Value| Value::String(value.to_string());
    for (raw, reason) in [
        (json!("messages: text content blocks must be non-empty"), "format"),
        (text(json!({"detail": "temperature must be below 1"})), "format"),
        (text(json!({"errors": [{"message": "only one image please"}]})), "format"),
        (text(json!({"errors": ["only one image please"]})), "format"),
        (text(json!({"error": "only one image please"})), "format"),
        (json!({"error": {"message": "only one image please"}}), "format"),
        (text(json!({"detail": [{"loc": ["body", "messages", 0], "msg": "field required", "type": "value_error.missing"}]})), "format"),
        (text(json!({"detail": [{"loc": ["body"], "msg": "Field required", "type": "missing"}]})), "format"),
        (json!("ERROR"), "timeout"),
        (json!("temperature wrong"), "timeout"),
        (json!("参数错误"), "timeout"),
        (json!("参数有错误"), "format"),
        (json!({"error": {"type": "overloaded_error", "message": "only one image please"}}), "overloaded"),
        (json!({"type": "error", "error": {"code": "429", "message": "only one image please"}}), "rate_limit"),
        (json!("{}"), "timeout"),
        (Value::Null, "timeout"),
        (json!("<html><title>Bad gateway</title><body>It is not your fault</body></html>"), "timeout"),
        (json!("Something went wrong, please try again later"), "timeout"),
        (text(json!({"error": {"message": "Internal error"}})), "timeout"),
    ] {
        let events = read(400, JSON, &body(raw.clone()));
        let error = error_of(&events);
        assert_eq!((&error["reason"], &error["isRetryable"]), (&json!(reason), &json!(reason != "format")), "{raw}: {error}");
    }
}

/// The provider's error under `levels` wrappers, each the text of the next.
fn wrapped(levels: u32, inner: &Value) -> Value {
    (0..levels).fold(inner.clone(), |inner, _| {
        json!({"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": inner.to_string(), "provider_name": "Crucible"}}})
    })
}

#[test]
fn a_wrapper_of_wrappers_is_read_to_the_bottom() {
    let inner = json!({"error": {"type": "invalid_request_error", "message": "this model takes one image"}});
    for levels in 1..=4 {
        let body = wrapped(levels, &inner).to_string();
        for (status, body) in [(400, body.clone()), (200, event(&wrapped(levels, &inner)))] {
            let events = read(status, JSON, &body);
            let error = error_of(&events);
            assert_eq!((&error["reason"], &error["isRetryable"]), (&json!("format"), &json!(false)), "{levels} under {status}: {error}");
            assert!(error["message"].as_str().unwrap().contains("this model takes one image"), "{levels}: {error}");
        }
        let bare = wrapped(levels, &json!("ERROR")).to_string();
        assert_eq!(error_of(&read(400, JSON, &bare))["reason"], "timeout", "{levels}: nothing is said");
    }
    let beside = json!({"error": {"message": "this model takes one image", "code": 400, "error": {"message": "ERROR"}}});
    let events = read(200, SSE, &event(&beside));
    assert!(error_of(&events)["message"].as_str().unwrap().contains("this model takes one image"), "{events:?}");
    let mut raw = inner.to_string();
    for levels in 1..=4 {
        raw = json!(raw).to_string();
        let body = json!({"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": raw}}});
        assert_eq!(error_of(&read(400, JSON, &body.to_string()))["reason"], "format", "written as JSON {levels} times more");
    }
    let mut message = inner;
    for levels in 1..=4 {
        message = json!({"error": {"message": message.to_string(), "code": 400}});
        assert_eq!(error_of(&read(400, JSON, &message.to_string()))["reason"], "format", "{levels} in the message");
    }
}

#[test]
fn a_body_that_is_too_large_in_any_words_is_an_overflow() {
    for words in [
        "input exceeds 4MB limit",
        "messages exceed the maximum allowed size of 9437184",
        "message length 10176584 exceeds limit 2097152",
        "max body length exceeded",
        "Input is too large: 12 MB, limit 10 MB",
        "Your request is too big",
        "total message size 10176584 exceeds limit 2097152",
        "The request size 52428801 bytes exceeds the limit of 52428800",
        "Request too large (max 32MB)",
    ] {
        for body in [json!({"error": {"code": 400, "message": words}}), wrapped(1, &json!(words))] {
            assert_eq!(error_of(&read(400, JSON, &body.to_string()))["code"], "context-overflow", "{body}");
        }
    }
    for words in
        ["image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes", "max_tokens is too large: 100000", "temperature is too large"]
    {
        let body = json!({"error": {"code": 400, "message": words}}).to_string();
        assert_eq!(error_of(&read(400, JSON, &body))["code"], "invalid-request", "{body}");
    }
}

#[test]
fn what_is_not_afforded_is_no_limit_of_the_next_request() {
    for words in ["You cannot afford 64000 tokens", "you can't afford 64000 tokens"] {
        let body = json!({"error": {"code": 402, "message": words}}).to_string();
        assert_eq!(error_of(&read(402, JSON, &body)).get("affordableTokens"), None, "{words}");
    }
}
